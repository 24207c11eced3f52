using System.Text.RegularExpressions;
using FamilyPa.Core.Canary;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Telemetry;

public sealed class When_a_canary_is_sent(When_a_canary_is_sent.WithCanary app) : AppTest<When_a_canary_is_sent.WithCanary>(app)
{
    [Fact]
    public async Task It_becomes_a_task_and_costs_nothing_with_the_model_or_with_Twilio()
    {
        var (calls, sent) = (App.OpenAI.Calls, App.Twilio.Sent.Count);

        var sid = await App.FlyAsync(": ok after");

        Assert.Equal("Canary", await App.Database.ScalarAsync<string>("select title from tasks where source_message_sid = $1", sid));
        Assert.Equal("suppressed", await App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1", sid));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from ai_usage where message_sid = $1", sid));
        Assert.Equal((calls, sent), (App.OpenAI.Calls, App.Twilio.Sent.Count));
    }

    [Fact]
    public async Task Only_the_last_one_is_kept()
    {
        await App.FlyAsync(": ok after");
        var last = await App.FlyAsync(": ok after");

        Assert.Equal([last], (await App.Database.RowsAsync("select message_sid from inbound_messages where from_phone = $1", CanaryFamily.Phone)).Select(row => row["message_sid"]));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from family_members where phone_e164 = $1", CanaryFamily.Phone));
    }

    [Fact]
    public async Task One_that_gets_stuck_is_late_and_keeps_its_family_until_it_comes_through()
    {
        await App.RestartAsync(settings =>
        {
            settings["AzureWebJobs.Extract.Disabled"] = "true";
            settings["Canary__Patience"] = "00:00:01";
        });
        var stuck = await App.FlyAsync(": late after");
        var second = await App.FlyAsync(": late after");

        await App.RestartAsync(settings =>
        {
            settings.Remove("AzureWebJobs.Extract.Disabled");
            settings.Remove("Canary__Patience");
        });

        await App.WaitForJobAsync(stuck, "done");
        await App.WaitForJobAsync(second, "done");
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from poison_messages"));
        await App.FlyAsync(": ok after");
    }

    [Fact]
    public async Task One_that_the_public_address_does_not_take_is_refused()
    {
        await App.RestartAsync(settings => settings[AppSettings.PublicBaseUrl] = $"{App.BaseUrl}/elsewhere");
        await App.FlyAsync(": refused after");
        await App.RestartAsync(settings => settings[AppSettings.PublicBaseUrl] = App.BaseUrl);
    }

    [Fact]
    public async Task One_that_meets_a_defect_of_ours_has_failed_like_any_other()
    {
        await App.Database.ExecuteAsync(
            """
            create function refuse_canaries() returns trigger language plpgsql as $$ begin raise exception 'no canaries'; end $$;
            create trigger no_canaries before insert on families for each row when (new.name = 'Canary') execute function refuse_canaries();
            """);
        await App.FlyAsync(": failed after");
        await App.Database.ExecuteAsync("drop trigger no_canaries on families");
        await App.FlyAsync(": ok after");
    }

    public sealed class WithCanary(TestEnvironment environment) : FamilyPaApp(environment)
    {
        /// <returns>The canary's MessageSid.</returns>
        public async Task<string> FlyAsync(string end)
        {
            var before = Ends().Count;
            await StartTimerAsync("Canary");
            var last = (await WaitForAsync(() => Task.FromResult(Ends()), ends => ends.Count > before, "the end of a canary"))[^1];
            Assert.Contains(end, last.Value, StringComparison.Ordinal);
            return last.Groups["sid"].Value;
        }

        protected override void Configure(IDictionary<string, string?> settings)
        {
            ShortDelays.Fast(settings);
            settings["Canary__Enabled"] = "true";
        }

        private MatchCollection Ends() => Regex.Matches(Log, @"\bCanary (?<sid>\w+) (?:ended|failed): .*");
    }
}
