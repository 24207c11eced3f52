using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Limits;

public sealed class When_a_family_stood_in_line(When_a_family_stood_in_line.PatientApp app) : AppTest<When_a_family_stood_in_line.PatientApp>(app)
{
    [Fact]
    public async Task Its_messages_are_done_in_their_order_though_some_are_understood_late()
    {
        var (sids, down) = await StandInLineAsync(await App.AddFamilyAsync(), [.. Enumerable.Range(0, 30).Select(n => $"buy thing {n}")]);
        using var slow = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromMilliseconds(700)).Sometimes(0.3, seed: 1));

        down.Dispose();

        foreach (var sid in sids)
            await App.WaitForJobAsync(sid, "done");
        await App.AssertInOrderAsync(sids);
    }

    [Fact]
    public async Task One_that_fails_holds_nobody_up_after_its_try()
    {
        var (sids, down) = await StandInLineAsync(await App.AddFamilyAsync(), "buy unobtainium", "buy milk", "buy bread");
        using var broken = App.OpenAI.Faults.Add(Fault.Rubbish("chat", RubbishKind.Html).OnlyFor("unobtainium"));

        down.Dispose();

        await App.WaitForJobAsync(sids[2], "done");
        await App.AssertInOrderAsync(sids[1..]);
        Assert.Equal("extracting", (await App.JobAsync(sids[0]))!.Status);
    }

    [Fact]
    public async Task One_whose_reply_fails_holds_nobody_up_after_its_try()
    {
        var (sids, down) = await StandInLineAsync(await App.AddFamilyAsync(), "buy unobtainium", "buy milk", "buy bread");
        using var broken = App.Twilio.Faults.Add(Fault.Status("messages.create", 429).OnlyFor("unobtainium"));

        down.Dispose();

        await App.WaitForJobAsync(sids[2], "done");
        await App.AssertInOrderAsync(sids[1..]);
        Assert.Contains((await App.JobAsync(sids[0]))!.Status, (string[])["finalizing", "deferred"]);
    }

    [Fact]
    public async Task What_could_not_be_answered_is_once_Twilio_is_back()
    {
        var sender = await App.AddFamilyAsync();
        var down = App.Twilio.Faults.Add(Fault.Status("messages.create", 429));
        var sids = new List<string>();
        for (var n = 0; n < 5; n++)
            sids.Add(await App.TextAsync($"buy thing {n}", sender));
        foreach (var sid in sids)
            await App.WaitForAsync(() => App.JobAsync(sid), job => job is { Phase: "finalize" }, "it to be understood");
        await App.WaitForAsync(() => App.JobsAsync("j.status = 'deferred' and j.current_phase = 'finalize'"), count => count > 0, "the breaker to open");

        down.Dispose();

        foreach (var sid in sids)
            await App.WaitForJobAsync(sid, "done");
        Assert.Equal(5, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = any ($1)", (object)sids.ToArray()));
        Assert.Equal(5, await App.Database.ScalarAsync<long>("select count(*) from outbound_messages where message_sid = any ($1) and provider_sid is not null", (object)sids.ToArray()));
    }

    [Fact]
    public async Task One_for_which_no_budget_is_left_holds_nobody_up()
    {
        var sender = await App.AddFamilyAsync();
        var (sids, down) = await StandInLineAsync(sender, "buy milk", "buy bread");
        // As the budget would, had another message used it up in between.
        await App.Database.ExecuteAsync("select defer_job(j, 'budget_family', now() + interval '1 hour', false) from processing_jobs j where message_sid = $1", sids[0]);

        down.Dispose();

        // It may have been the one that was to find out whether the service is back: then a sweep has another do so.
        await App.WaitForAsync(
            async () =>
            {
                await App.SweepAsync();
                return await App.JobAsync(sids[1]);
            },
            job => job!.Status == "done",
            "the other one to be done");
        Assert.Equal("deferred", (await App.JobAsync(sids[0]))!.Status);
    }

    [Fact]
    public async Task Help_is_given_at_once()
    {
        var sender = await App.AddFamilyAsync();
        var (sids, down) = await StandInLineAsync(sender, "buy milk", "buy bread");

        await App.WaitForJobAsync(await App.TextAsync("HELP", sender), "done");

        Assert.Equal("deferred", (await App.JobAsync(sids[0]))!.Status);
        down.Dispose();
        await App.WaitForJobAsync(sids[1], "done");
    }

    /// <returns>The messages, set aside, and what keeps them there.</returns>
    private async Task<(string[] Sids, IDisposable Down)> StandInLineAsync(string sender, params string[] texts)
    {
        var down = App.OpenAI.Faults.Add(Fault.Status("chat", 503));
        var sids = new List<string>();
        foreach (var text in texts)
            sids.Add(await App.TextAsync(text, sender));
        foreach (var sid in sids)
            await App.WaitForJobAsync(sid, "deferred");
        return ([.. sids], down);
    }

    /// <summary>What failed is tried again so late that a test is over by then.</summary>
    public sealed class PatientApp(TestEnvironment environment) : LimitedApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:01:00";
            settings["Limits__MaxConcurrentJobs"] = "4";
            settings["Limits__BreakerFailures"] = "2";
        }
    }
}
