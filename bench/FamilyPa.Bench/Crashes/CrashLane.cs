using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>One environment in which one run of the matrix follows the other.</summary>
internal sealed class CrashLane(CrashEnvironment environment)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>Lets a scenario happen without a crash (but the one that it begins with) and looks on.</summary>
    /// <param name="seen">The ways to the points of earlier scenarios; added to.</param>
    /// <returns>The points it came to, and how each kind of message ended.</returns>
    public async Task<(List<CrashPoint> Points, IReadOnlyDictionary<string, Outcome> Outcomes)> ExploreAsync(
        Scenario scenario, CrashPoint? first, HashSet<string> seen)
    {
        await BeginAsync(scenario);
        var known = environment.FailPoints.Read().Count;
        var promises = await SendAsync(scenario, seed: 0, first is null ? [] : [first.At]);
        if (!await environment.Checker.WaitUntilSettledAsync(promises, Deadline))
            throw new InvalidOperationException($"In the scenario '{scenario.Name}' the messages do not even end when nobody is killed.");
        // The timers' functions and Twilio's reports on the replies come to their points as well.
        await Task.Delay(TimeSpan.FromSeconds(3));
        return (CrashPoint.Of(scenario, environment.FailPoints.Read().Skip(known), seen), await environment.Checker.ReadOutcomesAsync(promises));
    }

    /// <summary>Sends, kills, waits for the end and checks.</summary>
    public async Task<CrashResult> RunAsync(CrashPoint point, CrashPoint? first, int seed, Expectations expectations)
    {
        await environment.BePunctualAsync(CrashEnvironment.IsTimer(point.Function));
        await BeginAsync(point.Scenario);
        var promises = await SendAsync(point.Scenario, seed, first is null ? [point.At] : [first.At, point.At]);
        var killed = await WaitForDeathAsync();
        environment.FailPoints.Disarm();
        await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
        var verdict = await environment.Checker.CheckAsync(promises, expectations, environment.SentTo(promises), environment.OpenAI.Billed);
        return new CrashResult(point, seed, killed, verdict);
    }

    private async Task BeginAsync(Scenario scenario)
    {
        environment.FailPoints.Disarm();
        environment.Twilio.Reset();
        environment.OpenAI.Faults.Clear();
        Doom.Impose(environment.Twilio, environment.OpenAI);
        await environment.ClearQueuesAsync();
        await environment.HaveContainerAsync(!scenario.LacksContainer);
    }

    private async Task<IReadOnlyList<Promise>> SendAsync(Scenario scenario, int seed, IReadOnlyList<string> orders)
    {
        using var limit = new CancellationTokenSource(Deadline);
        var drafts = scenario.Drafts(new Chatter(seed));
        var phones = await environment.AddSendersAsync(drafts.Count);
        environment.Database.IsRefusing = scenario.LosesDatabase;
        if (orders.Count > 0)
            environment.FailPoints.Arm(orders);
        var sending = Task.WhenAll(drafts.Zip(phones, (draft, phone) => environment.Sender.SendAsync(draft, phone, limit.Token)));
        if (scenario.LosesDatabase)
            await Task.WhenAny(sending, Task.Delay(Outage));
        environment.Database.IsRefusing = false;
        return await sending;
    }

    /// <returns>Whether every order was carried out.</returns>
    private async Task<bool> WaitForDeathAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (environment.FailPoints.IsArmed && !limit.IsCancellationRequested)
            await Task.Delay(Pace);
        return !environment.FailPoints.IsArmed;
    }
}

/// <param name="Killed">Whether the app died there.</param>
internal sealed record CrashResult(CrashPoint Point, int Seed, bool Killed, Verdict Verdict)
{
    public bool IsGood => Killed && Verdict.IsGood;
}
