using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Limits;

public sealed class When_a_service_is_down(When_a_service_is_down.BreakingApp app) : AppTest<When_a_service_is_down.BreakingApp>(app)
{
    [Fact]
    public async Task Nothing_is_given_up_few_calls_are_made_and_all_is_done_once_it_is_back()
    {
        var senders = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => App.AddFamilyAsync()));
        using var down = App.OpenAI.Faults.Add(Fault.Status("chat", 503));
        var sids = new List<string>();
        for (var n = 0; n < 60; n++)
            sids.Add(await App.TextAsync($"buy thing {n}", senders[n % senders.Length]));
        await App.WaitForAsync(OpeningsAsync, count => count > 0, "the breaker to open", TimeSpan.FromMinutes(2));
        // Then no call is on its way: neither one from before, nor a probe.
        await App.WaitForAsync(
            () => App.JobsAsync("j.status not in ('deferred', 'done', 'rejected', 'failed')"), count => count == 0, "all messages to be set aside", TimeSpan.FromMinutes(2));
        var (hits, openings, since) = (down.Hits, await OpeningsAsync(), DateTimeOffset.UtcNow);

        // Through some half-open periods: the shortest one is 1.6 s.
        await App.WaitForAsync(OpeningsAsync, now => now >= openings + 2, "the breaker to open twice more");
        var probes = down.Hits - hits;
        Assert.InRange(probes, 1, 1 + (int)((DateTimeOffset.UtcNow - since).TotalSeconds / 1.6));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from processing_jobs where message_sid = any ($1) and status = 'failed'", (object)sids.ToArray()));

        down.Dispose();
        foreach (var sid in sids)
            await App.WaitForJobAsync(sid, "done");
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from poison_messages where message_sid = any ($1)", (object)sids.ToArray()));
        Assert.Equal(60, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = any ($1)", (object)sids.ToArray()));
        Assert.Equal("closed", await App.Database.ScalarAsync<string>("select state from breakers where dependency = 'chat'"));
        await App.AssertInOrderAsync(sids);
    }

    [Fact]
    public async Task One_message_that_always_fails_does_not_open_it()
    {
        var sender = await App.AddFamilyAsync();
        using var broken = App.OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor("unobtainium"));

        var sid = await App.TextAsync("buy unobtainium", sender);

        await App.WaitForJobAsync(sid, "failed");
        Assert.Equal("closed", await App.Database.ScalarAsync<string>("select state from breakers where dependency = 'chat'"));
        await App.WaitForJobAsync(await App.TextAsync("buy milk", sender), "done");
    }

    [Fact]
    public async Task Who_is_asked_to_wait_long_waits_without_losing_a_try()
    {
        using var busy = App.OpenAI.Faults.Add(Fault.Status("chat", 429, TimeSpan.FromSeconds(11)).OnlyFor("patience").Once());

        var sid = await App.TextAsync("buy patience", await App.AddFamilyAsync());

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract deferred ai_http_429", "extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
    }

    [Fact]
    public async Task A_sender_whose_messages_keep_failing_is_paused_and_others_are_not()
    {
        var sender = await App.AddFamilyAsync();
        using (App.OpenAI.Faults.Add(Fault.Reasoning().OnlyFor("forbidden")))
        {
            for (var n = 0; n < 2; n++)
                await App.WaitForJobAsync(await App.TextAsync($"buy forbidden {n}", sender), "failed");
        }

        var sid = await App.TextAsync("buy milk", sender);
        Assert.Equal("sender_paused", (await App.WaitForJobAsync(sid, "deferred")).Reason);
        await App.WaitForJobAsync(await App.TextAsync("buy bread", await App.AddFamilyAsync()), "done");

        await App.Database.ExecuteAsync("update sender_limits set failed_at = now() - interval '1 hour'");
        await App.Database.ExecuteAsync("update processing_jobs set resume_at = now() where message_sid = $1", sid);
        await App.SweepAsync();
        await App.WaitForJobAsync(sid, "done");
    }

    [Fact]
    public async Task One_familys_flood_leaves_room_for_another_and_never_takes_the_last_slot()
    {
        var (flood, other) = (await App.AddFamilyAsync(), await App.AddFamilyAsync());
        var late = Fault.Late("chat", TimeSpan.FromMilliseconds(400));
        using var slow = App.OpenAI.Faults.Add(late.OnlyFor("widget"));
        using var alsoSlow = App.OpenAI.Faults.Add(late);
        var sending = Enumerable.Range(0, 24).Select(n => App.TextAsync($"buy widget {n}", flood)).ToList();
        var one = await App.TextAsync("buy milk", other);
        var many = await Task.WhenAll(sending);
        foreach (var sid in many.Append(one))
            await App.WaitForJobAsync(sid, "done");

        Assert.NotEqual(0, await App.Database.ScalarAsync<long>(
            "select count(*) from job_transitions t join processing_jobs j on j.id = t.job_id where t.to_status = 'deferred' and t.reason = 'no_slot' and j.message_sid = any ($1)", (object)many));
        Assert.True(await App.Database.ScalarAsync<bool>(
            "select j.completed_at < (select max(f.completed_at) from processing_jobs f where f.message_sid = any ($2)) from processing_jobs j where j.message_sid = $1", one, many));
        // A quarter is left to others.
        Assert.InRange(slow.MostHeld, 2, BreakingApp.Slots - 1);
    }

    [Fact]
    public async Task A_killed_process_leaves_neither_a_slot_nor_a_reservation_for_longer_than_its_lease()
    {
        var stall = App.OpenAI.Faults.Add(Fault.Stall("chat", TimeSpan.FromMinutes(1)).OnlyFor("limbo"));
        var sids = new List<string>();
        for (var n = 0; n < 2; n++)
            sids.Add(await App.TextAsync($"buy limbo {n}", await App.AddFamilyAsync()));
        await stall.WaitForHitsAsync(2, FamilyPaApp.Patience);
        await App.KillAsync();
        stall.Dispose();
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from ai_reservations where status = 'reserved'"));

        await App.RestartAsync();

        foreach (var sid in sids)
            await App.WaitForJobAsync(sid, "done");
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from job_slots where leased_until > clock_timestamp()"));
        Assert.Equal(
            ["settled", "settled", "uncertain", "uncertain"],
            (await App.Database.RowsAsync("select status from ai_reservations where message_sid = any ($1) order by status", (object)sids.ToArray())).Select(row => (string)row["status"]!));
        Assert.Equal(0m, await App.Database.ScalarAsync<decimal>("select sum(reserved_usd) from budget_days"));
    }

    private Task<int> OpeningsAsync() => App.Database.ScalarAsync<int>("select openings from breakers where dependency = 'chat'");

    public sealed class BreakingApp(TestEnvironment environment) : LimitedApp(environment)
    {
        public const int Slots = 4;

        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Limits__MaxConcurrentJobs"] = $"{Slots}";
            settings["Limits__BreakerFailures"] = "10";
            settings["Limits__SenderFailures"] = "2";
            // So that no message has had its five tries before ten have failed, even where the machine takes seconds to send as many.
            settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:02";
        }
    }
}
