using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Durability;

public sealed class When_storage_is_away(When_storage_is_away.PatientApp app) : AppTest<When_storage_is_away.PatientApp>(app)
{
    public override ValueTask DisposeAsync()
    {
        App.PassOn();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task A_message_that_is_being_processed_is_answered_meanwhile_and_not_done_twice()
    {
        using var late = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(1)).OnlyFor("tomatoes").Once());
        var sid = await App.TextAsync("buy tomatoes");
        await late.WaitForHitsAsync(1, FamilyPaApp.Patience);

        Refuse();
        await App.WaitForJobAsync(sid, "done");
        App.PassOn();

        await App.RunTimerAsync("Sweeper");
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        await AssertOnceAsync(sid);
    }

    [Fact]
    public async Task A_new_message_is_stored_and_sent_on_when_it_is_back()
    {
        Refuse();
        var sid = await App.TextAsync("buy potatoes");
        Assert.Equal("received", (await App.JobAsync(sid))!.Status);
        App.PassOn();

        await UntilSweptAsync(sid);
        await AssertOnceAsync(sid);
    }

    [Fact]
    public async Task With_the_database_away_as_well_Twilio_is_asked_to_try_again()
    {
        Refuse();
        App.Postgres.Refuse();
        var form = App.Form("buy onions");

        var answer = await App.PostAsync(form);

        Assert.Equal((503, "try_again"), (answer.Status, answer.Json.GetProperty("code").GetString()));
        App.PassOn();
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        await UntilSweptAsync(form["MessageSid"]);
        await AssertOnceAsync(form["MessageSid"]);
    }

    private void Refuse()
    {
        foreach (var proxy in App.Azurite)
            proxy.Refuse();
    }

    /// <summary>The sweeper's own time is every 30 seconds.</summary>
    private Task<JobRow?> UntilSweptAsync(string sid) => App.WaitForAsync(
        async () =>
        {
            await App.RunTimerAsync("Sweeper");
            return await App.JobAsync(sid);
        },
        job => job?.Status == "done", $"{sid} to be done");

    private async Task AssertOnceAsync(string sid)
    {
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
    }

    /// <summary>The database is there: on a busy machine its answer may take its time.</summary>
    public sealed class PatientApp(TestEnvironment environment) : OutageApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings.Remove("Pipeline__AcceptTimeout");
        }
    }
}
