using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Traffic;
using FamilyPa.FailPoints;

namespace FamilyPa.Bench.Crashes;

/// <summary>An environment that runs rounds of the matrix one after the other.</summary>
internal sealed class CrashLane(CrashEnvironment environment)
{
    private const int Looks = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortDelays = TimeSpan.FromMilliseconds(20);

    private readonly List<SentMessage> promised = [];

    /// <summary>Runs a scenario several times without crashes, except for its first one, and records the fail points.</summary>
    /// <param name="seen">Paths to the points of earlier scenarios; new ones are added.</param>
    /// <returns>The points that were reached, and the outcome of each kind of message.</returns>
    public async Task<(List<CrashPoint> Points, IReadOnlyDictionary<string, Outcome> Outcomes)> ExploreAsync(
        Scenario scenario, CrashPoint? first, HashSet<string> seen)
    {
        await environment.BePunctualAsync(scenario.HasTimers);
        environment.FailPoints.Listen();
        var looks = new List<IEnumerable<Reached>>();
        var promises = new List<SentMessage>();
        for (var look = 0; look < Looks; look++)
        {
            await BeginAsync(scenario);
            var known = environment.FailPoints.Read().Count;
            promises.AddRange(await SendAsync(scenario, seed: 0, FirstDeath(scenario, first)));
            if (!await environment.Checker.WaitUntilSettledAsync(promises, Deadline))
                throw new InvalidOperationException($"In the scenario '{scenario.Name}' the messages do not finish even without a crash.");
            await Task.Delay(scenario.Aftermath);
            looks.Add([.. environment.FailPoints.Read().Skip(known)]);
        }

        return (CrashPoint.Of(scenario, looks, seen), await environment.Checker.ReadOutcomesAsync(promises));
    }

    /// <summary>Sends messages, kills the app, waits for the end and checks.</summary>
    public async Task<CrashResult> RunAsync(CrashRound round, CrashPoint? first, Expectations expectations)
    {
        await environment.BePunctualAsync(round.IsPunctual);
        environment.FailPoints.Ignore();
        await BeginAsync(round.Scenario);
        var before = FirstDeath(round.Scenario, first);
        var promises = await SendAsync(round.Scenario, round.Seed, [.. before, [.. round.Points.Select(point => point.At)]]);
        await WaitForDeathsAsync();
        environment.FailPoints.Disarm();
        var struck = environment.FailPoints.Deaths().Skip(before.Count).FirstOrDefault([]);
        await environment.Checker.WaitUntilSettledAsync(promises, Deadline);
        var verdict = await environment.Checker.CheckAsync(promises, expectations, environment.SentTo(promises), environment.OpenAI.Billed);
        return new CrashResult(round, [.. round.Points.Where(point => struck.Contains(point.At))], verdict);
    }

    /// <summary>Checks the messages of all rounds again at the end, to find late effects.</summary>
    public Task<Verdict> CheckAllAsync(Expectations expectations) =>
        environment.Checker.CheckAsync(promised, expectations, environment.SentTo(promised), environment.OpenAI.Billed);

    private static IReadOnlyList<IReadOnlyList<string>> FirstDeath(Scenario scenario, CrashPoint? first) =>
        first is null ? [] : [[.. Enumerable.Repeat(first.At, scenario.FirstDead)]];

    private async Task BeginAsync(Scenario scenario)
    {
        environment.FailPoints.Disarm();
        environment.Twilio.Faults.Clear();
        environment.OpenAI.Faults.Clear();
        FailingMessages.Impose(environment.Twilio, environment.OpenAI);
        await environment.ClearQueuesAsync();
        await environment.HaveContainerAsync(!scenario.LacksContainer);
    }

    private async Task<IReadOnlyList<SentMessage>> SendAsync(Scenario scenario, int seed, IReadOnlyList<IReadOnlyList<string>> deaths)
    {
        using var limit = new CancellationTokenSource(Deadline);
        var drafts = scenario.Drafts(new RandomMessages(seed));
        var phones = await environment.AddSendersAsync(drafts.Count);
        environment.Database.IsRefusing = scenario.LosesDatabase;
        if (deaths.Count > 0)
            environment.FailPoints.Arm(deaths);
        var sending = Task.WhenAll(drafts.Zip(phones, (draft, phone) => environment.Sender.SendAsync(draft, phone, limit.Token)));
        if (scenario.LosesDatabase)
            await Task.WhenAny(sending, Task.Delay(Outage));
        environment.Database.IsRefusing = false;
        var promises = await sending;
        promised.AddRange(promises);
        return promises;
    }

    /// <summary>Returns when all ordered deaths have happened, or the deadline has passed.</summary>
    private async Task WaitForDeathsAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (environment.FailPoints.IsArmed && !limit.IsCancellationRequested)
            await Task.Delay(ShortDelays);
    }
}
