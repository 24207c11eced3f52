using FamilyPa.Core.Diagnostics;
using FamilyPa.Functions.Http;
using FamilyPa.Tests.Infrastructure.Monitoring;

namespace FamilyPa.Tests.Deployment.Monitoring;

/// <summary>Each alert must fire on the app's telemetry, and must not fire just below its threshold.</summary>
public sealed class When_an_alert_has_to_fire(Kusto kusto)
{
    private static readonly Guid Family = Guid.Empty;

    /// <summary>The alert, the event, and whether the alert fires.</summary>
    public static TheoryData<string, string, bool> Cases =>
        [.. Happenings.Select(happening => new TheoryDataRow<string, string, bool>(happening.Alert, happening.What, happening.Fires))];

    private static IReadOnlyList<Happening> Happenings { get; } =
    [
        new("poison-not-empty", "a job fails permanently", true, sent => sent.JobFailed("SM1", "extract", "ai_http_500")),
        new("poison-not-empty", "a poison queue is not emptied", true, _ => Meters.PoisonDepth("extract", 1)),
        new("poison-not-empty", "an attempt fails, and the poison queues are empty", false, sent =>
        {
            Fail(sent);
            Meters.PoisonDepth("extract", 0);
        }),

        new("oldest-unfinished", "a message waits for a quarter of an hour", true, _ => Meters.OldestUnfinished(TimeSpan.FromMinutes(15))),
        new("oldest-unfinished", "a message waits a little less", false, _ => Meters.OldestUnfinished(TimeSpan.FromSeconds(899))),
        new("oldest-unfinished", "the oldest message has finished", false, sent =>
        {
            sent.Ago = TimeSpan.FromMinutes(10);
            Meters.OldestUnfinished(TimeSpan.FromHours(1));
            sent.Ago = TimeSpan.FromMinutes(1);
            Meters.OldestUnfinished(TimeSpan.Zero);
        }),

        new("error-rate", "two of ten attempts fail", true, sent => Tries(succeeded: 8, failed: 2)),
        new("error-rate", "two of eleven attempts fail", false, sent => Tries(succeeded: 9, failed: 2)),
        new("error-rate", "all of a few attempts fail", false, sent => Tries(succeeded: 0, failed: 9)),

        new("errors-logged", "functions fail", true, sent => Repeat(5, () => sent.CallFailed("Sweeper", "database_P0001", "sanitised", "at"))),
        new("errors-logged", "a function fails occasionally", false, sent => Repeat(4, () => sent.CallFailed("Sweeper", "database_P0001", "sanitised", "at"))),
        new("errors-logged", "no store accepts a message", true, sent => sent.MessageNotStored("SM1", "request", "persist", "database_unavailable")),
        new("errors-logged", "jobs fail permanently, which has its own alert", false, sent => Repeat(20, () => sent.JobFailed("SM1", "extract", "ai_http_500"))),
        new("errors-logged", "a page reports errors", false, sent =>
            Repeat(20, () => sent.PageFailed("request", "TypeError", "x is undefined", "/board/0123456789abcdef/board/board.js", 1, 1))),
        new("errors-logged", "there are warnings", false, sent => Repeat(20, () => Fail(sent))),

        new("processing-time", "a phase takes half a minute", true, sent => Repeat(5, () => Succeed(sent, 30_000))),
        new("processing-time", "a phase takes a little less", false, sent => Repeat(5, () => Succeed(sent, 29_999))),
        new("processing-time", "one of many takes long", false, sent =>
        {
            Repeat(30, () => Succeed(sent, 900));
            Succeed(sent, 60_000);
        }),

        new("failed-verifications", "requests with the secret have a bad signature", true, _ => Repeat(5, () => Meters.VerificationRejected("bad_signature"))),
        new("failed-verifications", "bad signatures are rare", false, _ => Repeat(4, () => Meters.VerificationRejected("bad_signature"))),
        new("failed-verifications", "a scanner is at work", true, _ => Repeat(100, () => Meters.VerificationRejected("bad_secret"))),
        new("failed-verifications", "a scanner has looked in", false, _ => Repeat(99, () => Meters.VerificationRejected("bad_secret"))),

        new("nothing-received", "a busy hour has no messages", true, sent => Yesterday(sent, 5)),
        new("nothing-received", "a quiet hour has no messages", false, sent => Yesterday(sent, 4)),
        new("nothing-received", "there was a message", false, sent =>
        {
            Yesterday(sent, 5);
            sent.Ago = TimeSpan.FromMinutes(59);
            Meters.MessageIngested("accepted", "webhook");
        }),
        new("nothing-received", "only canaries arrive", true, sent =>
        {
            Yesterday(sent, 5);
            sent.Ago = TimeSpan.FromMinutes(1);
            Meters.MessageIngested("accepted", "synthetic");
        }),

        new("nothing-measured", "timers have stopped while phases run", true, sent => Succeed(sent, 900)),
        new("nothing-measured", "the queues are measured, and empty", false, _ => Meters.QueueDepth("extract", 0)),

        new("canary-failed", "two canaries are late", true, _ => Repeat(2, () => Meters.CanaryEnded("late", TimeSpan.FromMinutes(1)))),
        new("canary-failed", "one canary is late, and one is ok", false, _ =>
        {
            Meters.CanaryEnded("late", TimeSpan.FromMinutes(1));
            Meters.CanaryEnded("ok", TimeSpan.FromSeconds(2));
        }),
        new("errors-logged", "canaries are late, which has its own alert", false, sent =>
            Repeat(5, () => sent.CanaryFailed("SM1", "canary", "late", "timeout", 60_000))),

        new("webhooks-missed", "webhooks do not arrive", true, sent => Repeat(3, () => sent.Reconciled("SM1", "request", "accepted"))),
        new("webhooks-missed", "missed webhooks cannot be reconciled", true, sent => Repeat(3, () => sent.NotReconciled("SM1", "request", "database_P0001"))),
        new("webhooks-missed", "two did not arrive", false, sent => Repeat(2, () => sent.Reconciled("SM1", "request", "accepted"))),

        new("budget-80", "a family has spent four fifths of its day", true, _ => Meters.BudgetUsed("budget_family", 80)),
        new("budget-80", "all of it is spent, which has its own alert", false, _ => Meters.BudgetUsed("budget_family", 100)),
        new("budget-100", "all families together have spent the daily budget", true, _ => Meters.BudgetUsed("budget_global", 100)),
        new("budget-100", "there is a fifth left", false, _ => Meters.BudgetUsed("budget_global", 80)),

        new("breaker-open", "a circuit breaker opens", true, _ => Meters.BreakerChanged("extract", "open")),
        new("breaker-open", "the circuit breaker has closed", false, sent =>
        {
            Meters.BreakerChanged("extract", "open");
            sent.Ago = TimeSpan.FromMinutes(1);
            Meters.BreakerChanged("extract", "closed");
        }),

        new("model-unavailable", "a model is retired", true, sent => sent.ModelGone("transcription", "ai_http_410")),
        new("model-unavailable", "a model rejects a parameter", true, sent => sent.ModelRequestRefused("chat", "reasoning_effort", "ai_http_400")),
        new("model-unavailable", "a model answers", false, sent => Succeed(sent, 900)),

        new("limits-acting", "one message exceeds the global limit", true, _ => Meters.LimitActed("rate_hour")),
        new("limits-acting", "fifty messages exceed their senders' limits", true, _ => Repeat(50, () => Meters.LimitActed("rate_sender"))),
        new("limits-acting", "forty-nine messages exceed their senders' limits", false, _ => Repeat(49, () => Meters.LimitActed("rate_sender"))),

        new("errors-logged", "breakers and budgets log errors, which have their own alerts", false, sent => Repeat(5, () =>
        {
            sent.BreakerOpened("extract", 10, "ai_http_500", 10);
            sent.BudgetUsed("budget_family", 100, 10, "10");
            sent.ModelGone("chat", "ai_http_404");
        })),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_fires_on_that_event_only(string alert, string what, bool fires)
    {
        using var sent = new Sent();
        Happenings.Single(happening => happening.Alert == alert && happening.What == what).Happen(sent);
        Assert.NotEmpty(sent.Rows);

        var result = await kusto.RunAsync(Queries.Alerts[alert], sent.Rows, Sent.Now);

        Assert.Empty(result.Errors);
        Assert.Equal(fires, result.Rows.Count > 0);
    }

    [Fact]
    public void Each_alert_has_a_case_that_fires_and_one_that_does_not() =>
        Assert.Equal(
            Queries.Alerts.Keys.SelectMany(alert => new[] { (alert, false), (alert, true) }).Order(),
            Happenings.Select(happening => (happening.Alert, happening.Fires)).Distinct().Order());

    [Fact]
    public async Task Without_telemetry_only_nothing_measured_fires()
    {
        var results = await kusto.RunAsync(Queries.Alerts, [], Sent.Now);

        Assert.Equal(["nothing-measured"], results.Where(alert => alert.Value.Rows.Count > 0).Select(alert => alert.Key));
    }

    private static void Tries(int succeeded, int failed)
    {
        Repeat(succeeded, () => Meters.PhaseEnded("extract", "succeeded", 900));
        Repeat(failed, () => Meters.PhaseEnded("extract", "failed", 900));
    }

    private static void Succeed(Sent sent, long milliseconds) =>
        sent.PhaseEnded("SM1", Guid.Empty, "extract", Family, 1, "succeeded", milliseconds);

    private static void Fail(Sent sent) =>
        sent.PhaseFailed("SM1", Guid.Empty, "extract", Family, 1, 900, "ai_http_500", "sanitised");

    private static void Yesterday(Sent sent, int messages)
    {
        sent.Ago = TimeSpan.FromHours(24.5);
        Repeat(messages, () => Meters.MessageIngested("accepted", "webhook"));
    }

    private static void Repeat(int times, Action happen)
    {
        for (var i = 0; i < times; i++)
            happen();
    }

    private sealed record Happening(string Alert, string What, bool Fires, Action<Sent> Happen);
}
