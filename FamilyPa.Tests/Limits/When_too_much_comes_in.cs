using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Limits;

public sealed class When_too_much_comes_in(When_too_much_comes_in.RatedApp app) : AppTest<When_too_much_comes_in.RatedApp>(app)
{
    private const int PerMinute = 10;
    private const int PerHour = 60;

    [Fact]
    public async Task Of_one_senders_two_hundred_on_two_processes_ten_are_taken_in_and_it_is_told_once()
    {
        var twin = await App.TwinAsync();
        var (sender, forms, answers) = await WithinOneAsync("minute", async () =>
        {
            var sender = await App.AddFamilyAsync();
            var forms = Enumerable.Range(0, 200).Select(n => App.Form($"buy thing {n}", sender)).ToList();
            return (sender, forms, await Task.WhenAll(forms.Select((form, n) => App.PostAsync(form, to: n % 2 == 0 ? null : twin.Http))));
        });

        Assert.Equal(PerMinute, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer =>
        {
            Assert.Equal((429, "rate_sender"), (answer.Status, answer.Code()));
            Assert.InRange(int.Parse(answer.Headers["Retry-After"], null), 1, 60);
        });
        // Ten times the limit is stored, give or take what arrived at the same moment; every one is counted.
        var sids = forms.Select(form => form["MessageSid"]).ToArray();
        var stored = await App.Database.ScalarAsync<long>("select count(*) from webhook_events where message_sid = any ($1)", (object)sids);
        Assert.InRange(stored, 10 * PerMinute, 13 * PerMinute);
        Assert.Equal(stored - PerMinute, await App.Database.ScalarAsync<long>(
            "select count(*) from processing_jobs where message_sid = any ($1) and status = 'throttled' and status_reason = 'rate_sender'", (object)sids));
        Assert.Equal(200, await App.Database.ScalarAsync<int>(
            "select counted from rate_counters c join family_members m on c.key = m.user_id::text where m.phone_e164 = $1", sender));

        // A duplicate is one whatever the rate, and STOP is heard.
        var accepted = forms[Array.FindIndex(answers, answer => answer.Status == 200)];
        Assert.Equal(200, (await App.PostAsync(accepted)).Status);
        await App.SweepAsync();
        await App.SweepAsync();
        Assert.Single(App.Twilio.Sent, message => message.To.EndsWith(sender, StringComparison.Ordinal) && message.Body.StartsWith("That was a lot at once", StringComparison.Ordinal));
        Assert.Contains(answers, answer => answer.Status == 429);
        await App.PostAsync(App.Form("STOP", sender));
        Assert.NotNull(await App.Database.ScalarAsync<DateTime?>("select opted_out_at from family_members where phone_e164 = $1", sender));
    }

    [Fact]
    public async Task A_throttled_one_begins_by_itself_or_by_a_replay_and_is_done_once()
    {
        var (sids, came, swept) = await WithinOneAsync("minute", async () =>
        {
            var sender = await App.AddFamilyAsync();
            var sids = new List<string>();
            for (var n = 0; n < PerMinute + 2; n++)
            {
                var form = App.Form($"buy thing {n}", sender);
                await App.PostAsync(form);
                sids.Add(form["MessageSid"]);
            }

            var came = await App.JobAsync(sids[^2]);
            await App.ReplayAsync(new { message_sid = sids[^1] });
            await App.WaitForJobAsync(sids[^1], "done");
            await App.SweepAsync();
            return (sids, came, await App.JobAsync(sids[^2]));
        });
        Assert.Equal(["throttled", "throttled"], [came!.Status, swept!.Status]);

        // The next window comes, and its room.
        await App.Database.ExecuteAsync("update processing_jobs set resume_at = now() where message_sid = $1", sids[^2]);
        await App.Database.ExecuteAsync("update rate_counters set since = since - interval '1 minute' where scope = 'sender'");
        await App.SweepAsync();

        await App.WaitForJobAsync(sids[^2], "done");
        Assert.Equal(1, await App.CountAsync("tasks", sids[^2]));
        var timeline = await App.AskAsync($"/api/admin/events/{sids[^2]}");
        Assert.Contains("rate_sender", timeline.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_senders_two_hundred_no_more_than_the_hours_limit_are_taken_in_and_all_are_kept()
    {
        var twin = await App.TwinAsync();
        var (forms, answers) = await WithinOneAsync("hour", async () =>
        {
            var senders = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => App.AddFamilyAsync()));
            await App.Database.ExecuteAsync("delete from rate_counters");
            var forms = Enumerable.Range(0, 200).Select(n => App.Form($"buy thing {n}", senders[n % senders.Length])).ToList();
            return (forms, await Task.WhenAll(forms.Select((form, n) => App.PostAsync(form, to: n % 2 == 0 ? null : twin.Http))));
        });

        // First of all: what a database that is out of connections did not take is kept elsewhere, and answered with 200 whatever the rate.
        var sids = forms.Select(form => form["MessageSid"]).ToArray();
        var stored = await App.Database.ScalarAsync<long>("select count(*) from processing_jobs where message_sid = any ($1)", (object)sids);
        Assert.Equal(200, stored);
        Assert.Equal(PerHour, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((429, "rate_hour"), (answer.Status, answer.Code())));
        var limits = (await App.AskAsync("/api/admin/limits")).Json.GetProperty("rates").EnumerateArray().First(rate => rate.Text("limit") == "rate_hour");
        Assert.Equal((PerHour, PerHour), (limits.GetProperty("limit_value").GetInt32(), limits.GetProperty("accepted").GetInt32()));
        await App.Database.ExecuteAsync("delete from rate_counters");
    }

    [Fact]
    public async Task Of_one_address_no_more_failures_are_borne_by_two_processes_than_by_one()
    {
        const int Most = 20;
        var twin = await App.TwinAsync();
        var (address, answers) = await WithinOneAsync("minute", async () =>
        {
            var address = $"198.51.100.{Random.Shared.Next(1, 255)}";
            await App.Database.ExecuteAsync("delete from verification_failures");
            var forged = new Tamper { Signature = "wrong", Headers = new Dictionary<string, string> { ["Client-IP"] = address } };
            var answers = new List<Answer>();
            for (var n = 0; n < 3 * Most; n++)
                answers.Add(await App.PostAsync(App.Form("buy milk"), forged, n % 2 == 0 ? null : twin.Http));
            return (address, answers);
        });

        Assert.All(answers.Take(Most), answer => Assert.Equal(401, answer.Status));
        Assert.All(answers.Skip(Most), answer => Assert.Equal((429, "too_many_refusals"), (answer.Status, answer.Code())));
        // By one more it was learned that it is over; the others cost no database work.
        Assert.Equal(Most + 1, await App.Database.ScalarAsync<long>("select sum(failures) from verification_failures where address = $1", address));
    }

    /// <summary>Does it once more where it did not end in the window in which it began.</summary>
    /// <param name="window"><c>minute</c> or <c>hour</c>, by the database's clock.</param>
    private async Task<T> WithinOneAsync<T>(string window, Func<Task<T>> act)
    {
        for (; ; )
        {
            var began = await App.Database.ScalarAsync<DateTime>("select date_trunc($1, now())", window);
            var result = await act();
            if (began == await App.Database.ScalarAsync<DateTime>("select date_trunc($1, now())", window))
                return result;
        }
    }

    public sealed class RatedApp(TestEnvironment environment) : LimitedApp(environment)
    {
        private Twin? twin;

        public async Task<Twin> TwinAsync() => twin ??= await StartTwinAsync();

        public override async ValueTask DisposeAsync()
        {
            if (twin is not null)
                await twin.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Limits__SenderPerMinute"] = $"{PerMinute}";
            settings["Limits__GlobalPerHour"] = $"{PerHour}";
        }
    }
}
