using System.Text.Json;
using System.Text.Json.Nodes;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Commands;

public sealed class When_messages_come_at_once(RepetitiveApp app) : AppTest<RepetitiveApp>(app)
{
    private TestFamily family = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "member");
    }

    [Fact]
    public async Task The_same_wish_of_two_members_is_one_task_and_the_other_is_told()
    {
        string[] sids;
        await using (var holder = await App.Database.OpenAsync())
        await using (var transaction = await holder.BeginTransactionAsync(Cancellation))
        {
            await using var hold = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended($1, 1))", holder, transaction);
            hold.Parameters.Add(new() { Value = family.Id.ToString() });
            await hold.ExecuteNonQueryAsync(Cancellation);
            sids = await Task.WhenAll(family.Members.Select(member => App.TextAsync("buy milk", member.Phone)));
            // Both have looked, and found no such task.
            await App.WaitForAsync(
                () => App.Database.ScalarAsync<long>(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'advisory' and query like '%lock_tasks%'"),
                waiting => waiting == 2, "two messages that wait for each other");
            await transaction.CommitAsync(Cancellation);
        }

        var replies = await Task.WhenAll(sids.Select(ReplyAsync));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks where family_id = $1", family.Id));
        Assert.Single(replies, reply => reply == "Already on the list: Buy milk");
        Assert.Single(replies, reply => reply.StartsWith("Added 1 task:\n1. Buy milk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_said_half_a_second_later_is_understood_after_what_it_is_about()
    {
        using var slow = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(1)).OnlyFor("buy milk"));
        using var script = App.OpenAI.Respond(
            request => request.UserMessage.Contains("I meant oat milk", StringComparison.Ordinal),
            request => new JsonObject
            {
                ["tasks"] = new JsonArray(),
                ["changes"] = JsonDocument.Parse(request.UserMessage).RootElement.TryGetProperty("tasks", out var tasks) && tasks[0].GetProperty("shown").GetInt32() == 1
                    ? new JsonArray(new JsonObject { ["task"] = 1, ["operation"] = "update", ["title"] = "Buy oat milk", ["confidence"] = 0.9 })
                    : [],
                ["language"] = "en",
            }.ToJsonString());

        await App.TextAsync("buy milk", family.Members[0].Phone);
        var correction = await App.TextAsync("I meant oat milk", family.Members[0].Phone);

        Assert.Equal("Changed: Buy oat milk", await ReplyAsync(correction));
        Assert.Equal(["Buy oat milk"], (await App.Database.RowsAsync("select title from tasks where family_id = $1", family.Id)).Select(task => task["title"]));
    }

    [Fact]
    public async Task One_of_many_waits_for_none()
    {
        using var slow = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(5)).OnlyFor("buy wine"));
        var first = await App.TextAsync("buy wine and bread", family.Members[0].Phone);
        foreach (var other in (string[])["cheese", "olives"])
            await App.TextAsync($"buy wine and {other}", family.Members[0].Phone);

        Assert.StartsWith("Added 1 task:", await ReplyAsync(await App.TextAsync("call the plumber", family.Members[0].Phone)), StringComparison.Ordinal);
        Assert.True(await App.Database.ScalarAsync<string>("select status from processing_jobs where message_sid = $1", first) is "received" or "extracting");
    }

    private async Task<string> ReplyAsync(string sid)
    {
        await App.WaitForJobAsync(sid, "done");
        return await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
    }
}
