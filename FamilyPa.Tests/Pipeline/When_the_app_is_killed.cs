using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_the_app_is_killed(When_the_app_is_killed.MortalApp app) : AppTest<When_the_app_is_killed.MortalApp>(app)
{
    [Fact]
    public async Task In_extract_the_message_ends_done_with_one_set_of_tasks_and_one_reply()
    {
        var stall = App.OpenAI.Faults.Add(Fault.Stall("chat", TimeSpan.FromMinutes(1)).Once());
        var sid = await App.TextAsync("buy milk");
        await stall.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await App.KillAsync();
        stall.Dispose();
        await App.RestartAsync();

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract abandoned", "extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        await AssertOnceAsync(sid);
    }

    [Fact]
    public async Task In_finalize_the_tasks_stay_one_set_and_the_reply_is_not_said_twice()
    {
        var stall = App.Twilio.Faults.Add(Fault.Late("messages.create", TimeSpan.FromMinutes(1)).Once());
        var sid = await App.TextAsync("buy rye");
        await stall.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await App.KillAsync();
        stall.Dispose();
        await App.RestartAsync();

        await App.WaitForJobAsync(sid, "done");
        await AssertOnceAsync(sid);
        Assert.Single(App.Twilio.Sent, reply => reply.Body.Contains("rye", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Between_accept_and_extract_nothing_is_lost()
    {
        var sids = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => App.TextAsync($"buy thing {number}")));

        await App.KillAsync();
        await App.RestartAsync();

        foreach (var sid in sids)
        {
            await App.WaitForJobAsync(sid, "done");
            await AssertOnceAsync(sid);
        }
    }

    [Fact]
    public async Task In_its_last_try_a_message_is_given_up_and_that_try_does_not_seem_to_run_for_ever()
    {
        var sid = await App.StoredAsync(new() { Status = "extracting" });
        await App.Database.ExecuteAsync(
            "insert into job_attempts (job_id, attempt_number, generation, phase) select id, 5, 0, 'extract' from processing_jobs where message_sid = $1", sid);

        await App.Storage.Queue("extract-poison").SendMessageAsync(sid, Cancellation);

        await App.WaitForJobAsync(sid, "failed");
        Assert.Equal(["extract abandoned"], await App.AttemptsAsync(sid));
    }

    [Fact]
    public async Task Over_what_is_in_the_poison_queue_of_inbound_its_tries_begin_anew_for_after_the_fifth_nobody_is_called()
    {
        var poison = App.Storage.Queue("inbound-poison");
        await App.KillAsync();
        var killedOver = (await poison.SendMessageAsync("no message at all", Cancellation)).Value.MessageId;
        var held = (await poison.ReceiveMessageAsync(TimeSpan.FromMinutes(10), Cancellation)).Value;
        await poison.UpdateMessageAsync(held.MessageId, held.PopReceipt, held.Body, TimeSpan.Zero, Cancellation);

        await App.RestartAsync();

        var kept = Assert.Single(await App.WaitForAsync(
            () => App.Database.RowsAsync("select queue_message_id from poison_messages where queue = 'inbound' and body = 'no message at all'"),
            rows => rows.Count > 0, "the poison row"));
        Assert.NotEqual(killedOver, kept["queue_message_id"]);
        await App.WaitForAsync(
            async () => (await poison.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, waiting => waiting == 0, "the poison queue to be empty");
    }

    private async Task AssertOnceAsync(string sid)
    {
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
    }

    /// <summary>A dead worker's lease is soon over.</summary>
    public sealed class MortalApp(TestEnvironment environment) : FastApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Pipeline__Lease"] = "00:00:04";
        }
    }
}
