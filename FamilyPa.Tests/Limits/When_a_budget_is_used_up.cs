using System.Net.Http.Json;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Cli;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Limits;

public sealed class When_a_budget_is_used_up(When_a_budget_is_used_up.ThriftyApp app) : AppTest<When_a_budget_is_used_up.ThriftyApp>(app)
{
    private const decimal InputPerMillion = 150;
    private const decimal OutputPerMillion = 600;
    private const decimal Daily = 6;

    [Fact]
    public async Task A_hundred_at_once_on_two_processes_never_spend_more_and_the_rest_are_done_after_midnight_each_once()
    {
        await using var twin = await App.StartTwinAsync();
        var sender = await App.AddFamilyAsync();
        var family = await FamilyAsync(sender);
        App.OpenAI.Reset();

        var forms = Enumerable.Range(0, 100).Select(n => App.Form($"buy thing {n}", sender)).ToList();
        var answers = await Task.WhenAll(forms.Select((form, n) => App.PostAsync(form, to: n % 2 == 0 ? null : twin.Http)));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        await SettleAsync(family);

        var (spent, reserved) = await LedgerAsync(family);
        Assert.Equal(0, reserved);
        Assert.InRange(spent, Daily * 0.5m, Daily);
        Assert.Equal(spent, App.Billed(InputPerMillion, OutputPerMillion));
        var deferred = await App.JobsAsync($"family_id = '{family}' and status = 'deferred' and status_reason = 'budget_family' and resume_at = next_local_midnight('UTC', now())");
        Assert.InRange(deferred, 1, 99);
        Assert.Equal(100 - deferred, await App.JobsAsync($"family_id = '{family}' and status = 'done'"));
        Assert.Equal([80, 100], (await App.Database.RowsAsync("select percent from limit_alerts where limit_name = 'budget_family' and family_id = $1 order by percent", family)).Select(row => (int)row["percent"]!));

        await App.SweepAsync();
        await App.SweepAsync();
        Assert.Single(App.Twilio.Sent, message => message.To.EndsWith(sender, StringComparison.Ordinal) && message.Body.StartsWith("I have done as much", StringComparison.Ordinal));
        Assert.Equal(deferred, await App.JobsAsync($"family_id = '{family}' and status = 'deferred'"));

        // Midnight passes, and again, as often as the budget of a day is too small.
        for (var day = 0; day < 20 && await App.JobsAsync($"family_id = '{family}' and status = 'deferred'") > 0; day++)
        {
            await App.Database.ExecuteAsync("update budget_days set day = day - $1 where family_id = $2 and day = current_date", 10 + day, family);
            await App.Database.ExecuteAsync("update processing_jobs set resume_at = now() where status = 'deferred'");
            await SettleAsync(family);
            Assert.InRange((await LedgerAsync(family)).Spent, 0, Daily);
        }

        Assert.Equal(100, await App.JobsAsync($"family_id = '{family}' and status = 'done'"));
        Assert.Equal(100, await App.Database.ScalarAsync<long>("select count(*) from tasks where family_id = $1", family));
        Assert.Equal(100, await App.Database.ScalarAsync<long>("select count(*) from ai_usage where family_id = $1", family));
        Assert.Equal(100, App.OpenAI.Billed.ChatCalls);
    }

    [Fact]
    public async Task An_operator_sees_it_raises_it_and_what_waited_goes_on()
    {
        var sender = await App.AddFamilyAsync();
        var family = await FamilyAsync(sender);
        Assert.Equal(0, (await App.FamilypaAsync("budget", "set", $"{family}", "0")).ExitCode);
        var sid = await App.TextAsync("buy milk", sender);
        await App.WaitForJobAsync(sid, "deferred");

        var shown = (await App.FamilypaAsync("budget", "show", $"{family}", "--json")).Json;
        Assert.Equal((0m, 1L), (shown.GetProperty("daily_usd").GetDecimal(), shown.GetProperty("deferred").GetInt64()));
        Assert.Contains("budget_family", (await App.FamilypaAsync("limits")).Output, StringComparison.Ordinal);
        var timeline = (await App.AskAsync($"/api/admin/events/{sid}")).Json;
        Assert.Equal("budget_family", timeline.GetProperty("job").Text("status_reason"));
        Assert.Equal(1, (await App.FamilypaAsync("budget", "release", $"{family}", "--json")).Json.GetProperty("released").GetInt64());
        await App.WaitForAsync(() => App.AttemptsAsync(sid), attempts => attempts.Count == 2, "another try");
        await App.WaitForJobAsync(sid, "deferred");

        using var answer = await App.Operator.PostAsJsonAsync($"/api/admin/families/{family}/budget", new { daily_usd = 20 }, Cancellation);

        Assert.True(answer.IsSuccessStatusCode);
        await App.WaitForJobAsync(sid, "done");
        var reservation = Assert.Single((await App.AskAsync($"/api/admin/events/{sid}")).Json.GetProperty("limits").GetProperty("reservations").EnumerateArray());
        Assert.Equal("settled", reservation.Text("status"));
        Assert.Equal(0, (await App.FamilypaAsync("budget", "set", $"{family}", "default")).ExitCode);
        Assert.Equal(3, (await App.FamilypaAsync("budget", "show", $"{Guid.NewGuid()}")).ExitCode);
        Assert.Equal(2, (await App.FamilypaAsync("budget", "set", $"{family}", "much")).ExitCode);
    }

    /// <summary>Until everything is done or waits for the next day.</summary>
    private async Task SettleAsync(Guid family)
    {
        await App.WaitForAsync(
            async () =>
            {
                await App.SweepAsync();
                return string.Join(", ", (await App.Database.RowsAsync(
                    """
                    select concat_ws(' ', status, status_reason, count(*), min(resume_at - now()), min(dispatched_at - now())) as jobs from processing_jobs
                    where family_id = $1 and status <> 'done' and not (status = 'deferred' and resume_at > now() + interval '1 minute') group by status, status_reason
                    """,
                    family)).Select(row => row["jobs"]));
            },
            unsettled => unsettled.Length == 0,
            "the family's messages to be done or wait for the next day",
            TimeSpan.FromMinutes(2));
    }

    private Task<Guid> FamilyAsync(string phone) => App.Database.ScalarAsync<Guid>("select family_id from family_members where phone_e164 = $1", phone);

    private async Task<(decimal Spent, decimal Reserved)> LedgerAsync(Guid family)
    {
        var row = Assert.Single(await App.Database.RowsAsync("select spent_usd, reserved_usd from budget_days where family_id = $1 and day = current_date", family));
        return ((decimal)row["spent_usd"]!, (decimal)row["reserved_usd"]!);
    }

    public sealed class ThriftyApp(TestEnvironment environment) : LimitedApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Limits__DailyCostPerFamilyUsd"] = $"{Daily}";
            settings["Limits__MaxConcurrentJobs"] = "8";
            settings["Pipeline__ChatInputUsdPerMillion"] = $"{InputPerMillion}";
            settings["Pipeline__ChatOutputUsdPerMillion"] = $"{OutputPerMillion}";
        }
    }
}
