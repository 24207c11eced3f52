using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Limits;

public sealed class When_one_family_sends_too_much(When_one_family_sends_too_much.SharedApp app) : AppTest<When_one_family_sends_too_much.SharedApp>(app)
{
    private const int PerHour = 80;
    private const int Share = PerHour / 4;
    private const int Strangers = 30;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await App.Database.ExecuteAsync("delete from rate_counters");
    }

    [Fact]
    public async Task It_uses_its_share_and_no_more_and_others_go_on()
    {
        var greedy = await App.AddFamilyAsync("owner", "admin", "member");
        var modest = await App.AddFamilyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 3 * Share).Select(n => App.PostAsync(App.Form($"buy thing {n}", greedy.Members[n % 3].Phone))));

        Assert.Equal(Share, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((429, "rate_family_hour"), (answer.Status, answer.Code())));
        var milk = App.Form("buy milk", modest);
        Assert.Equal(200, (await App.PostAsync(milk)).Status);
        await App.WaitForJobAsync(milk["MessageSid"], "done");
        var rate = (await App.AskAsync("/api/admin/limits")).Json.GetProperty("rates").EnumerateArray().First(one => one.Text("limit") == "rate_family_hour");
        Assert.Equal((Share, Share, 2 * Share), (rate.GetProperty("limit_value").GetInt32(), rate.GetProperty("accepted").GetInt32(), rate.GetProperty("throttled").GetInt32()));

        // Each sender is told once.
        await App.SweepAsync();
        await App.SweepAsync();
        Assert.All(greedy.Members, member => Assert.Single(
            App.Twilio.Sent, message => message.To.EndsWith(member.Phone, StringComparison.Ordinal) && message.Body.StartsWith("That was a lot at once", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_of_it_waits_does_not_hold_up_others()
    {
        var (greedy, modest) = (await App.AddFamilyAsync(), await App.AddFamilyAsync());
        var late = App.Form("buy one thing too many", greedy);
        for (var n = 0; n < Share; n++)
            await App.PostAsync(App.Form($"buy thing {n}", greedy));
        Assert.Equal(429, (await App.PostAsync(late)).Status);
        // As if a limit of all senders had held it back after the other.
        await App.Database.ExecuteAsync(
            "insert into rate_counters (scope, key, shard, since, counted) select 'hour', '', n, date_trunc('hour', now(), 'UTC'), 1000 from generate_series(0, 15) n "
            + "on conflict (scope, key, shard) do update set counted = 1000");
        var milk = App.Form("buy milk", modest);
        var held = await App.PostAsync(milk);
        Assert.Equal((429, "rate_hour"), (held.Status, held.Code()));
        await App.Database.ExecuteAsync("delete from rate_counters where scope = 'hour'");
        await App.Database.ExecuteAsync("update processing_jobs set resume_at = now() where status = 'throttled'");

        await App.SweepAsync();

        Assert.NotEqual("throttled", (await App.JobAsync(milk["MessageSid"]))!.Status);
        Assert.Equal("throttled", (await App.JobAsync(late["MessageSid"]))!.Status);
    }

    [Fact]
    public async Task Its_budget_is_no_more_than_its_share_either()
    {
        var limits = (await App.AskAsync("/api/admin/limits")).Json.GetProperty("budgets");

        Assert.Equal((10m, 40m), (limits.GetProperty("family_default_usd").GetDecimal(), limits.GetProperty("global").GetProperty("limit_usd").GetDecimal()));
    }

    [Fact]
    public async Task Strangers_have_a_limit_of_their_own()
    {
        var family = await App.AddFamilyAsync();
        var strangers = Enumerable.Range(0, 2 * Strangers).Select(_ => App.Form("hello", FamilyPaApp.NewPhone())).ToList();

        var answers = await Task.WhenAll(strangers.Select(form => App.PostAsync(form)));

        Assert.Equal(Strangers, answers.Count(answer => answer.Body.Contains("<Message>Hello!", StringComparison.Ordinal)));
        Assert.Equal(Strangers, answers.Count(answer => answer.Status == 429 && answer.Code() == "rate_strangers"));
        Assert.Equal(Strangers, await App.Database.ScalarAsync<long>(
            "select count(*) from unmatched_messages where message_sid = any ($1)", (object)strangers.Select(form => form["MessageSid"]).ToArray()));
        Assert.Equal(200, (await App.PostAsync(App.Form("buy milk", family))).Status);
    }

    public sealed class SharedApp(TestEnvironment environment) : LimitedApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Limits__GlobalPerHour"] = $"{PerHour}";
            settings["Limits__FamilySharePercent"] = "25";
            settings["Limits__StrangersPerDay"] = $"{Strangers}";
            settings["Limits__DailyCostPerFamilyUsd"] = "30";
            settings["Limits__DailyCostGlobalUsd"] = "40";
        }
    }
}
