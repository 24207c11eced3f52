using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Durability;

public sealed class When_the_app_is_told_to_stop(OutageApp app) : AppTest<OutageApp>(app)
{
    [Fact]
    public async Task The_model_is_not_waited_for_and_no_try_is_spent()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host, built for an older .NET, takes no notice of SIGTERM.");
        // One failure would be one too many.
        await App.RestartAsync(settings =>
        {
            settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1";
            settings["Pipeline__AiTimeout"] = "00:00:30";
        });
        var stall = App.OpenAI.Faults.Add(Fault.Stall("chat", TimeSpan.FromMinutes(1)).OnlyFor("carrots").Once());
        var sid = await App.TextAsync("buy carrots");
        await stall.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await App.StopAsync();
        Assert.Equal(["extract handed_back"], await App.AttemptsAsync(sid));
        await App.RestartAsync(settings => settings.Remove("AzureFunctionsJobHost__extensions__queues__maxDequeueCount"));

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract handed_back", "extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Equal(0, await App.CountAsync("poison_messages", sid));
        Assert.Equal(1, await App.CountAsync("tasks", sid));
    }

    [Fact]
    public async Task A_reply_on_its_way_is_seen_through()
    {
        using var late = App.Twilio.Faults.Add(Fault.Late("messages.create", TimeSpan.FromSeconds(1)).OnlyFor("peas").Once());
        var sid = await App.TextAsync("buy peas");
        await late.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await App.StopAsync();

        Assert.Equal("done", (await App.JobAsync(sid))!.Status);
        Assert.Equal("sent", await App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1", sid));
        await App.RestartAsync();
        Assert.Single(App.Twilio.Sent, message => message.Body.Contains("peas", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_webhook_in_hand_is_answered()
    {
        await using var other = await App.Database.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await using (var hold = new NpgsqlCommand("lock table webhook_events in exclusive mode", other, transaction))
            await hold.ExecuteNonQueryAsync(Cancellation);
        var form = App.Form("buy beans");
        var answer = App.PostAsync(form);
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<bool>(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%accept_message%')"),
            waits => waits, "the message to be in the database's hands");
        var stop = App.StopAsync();
        await transaction.RollbackAsync(Cancellation);

        Assert.Equal(200, (await answer).Status);
        await stop;
        await App.RestartAsync();
        await App.WaitForJobAsync(form["MessageSid"], "done");
        Assert.Equal(1, await App.CountAsync("tasks", form["MessageSid"]));
    }
}
