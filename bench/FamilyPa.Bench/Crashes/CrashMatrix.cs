using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Bench.Checks;

namespace FamilyPa.Bench.Crashes;

/// <summary>Kills the app at every fail point of every function, with several seeds, and checks the outcome of the messages.</summary>
internal static class CrashMatrix
{
    public static Command Command()
    {
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 20, Description = "Runs for each point, seeds 1 to this." };
        var seed = new Option<int?>("--seed") { Description = "Only this seed, to repeat a run." };
        var points = new Option<string[]>("--points")
        {
            AllowMultipleArgumentsPerToken = true,
            Description = "Only these points (finalize:5), functions (finalize) or scenarios (failing).",
        };
        var lanes = new Option<int>("--lanes") { DefaultValueFactory = _ => 2, Description = "Number of parallel environments." };
        var list = new Option<bool>("--list") { Description = "Only list the points." };
        var command = new Command("crash-matrix", "Kills the app before and after every external effect, and checks that nothing is lost or done twice.")
        {
            seeds, seed, points, lanes, list,
        };
        command.SetAction((parsed, _) =>
        {
            IReadOnlyList<int> wanted = parsed.GetValue(seed) is { } one ? [one] : [.. Enumerable.Range(1, parsed.GetValue(seeds))];
            return RunAsync(parsed.GetValue(list) ? [] : wanted, parsed.GetValue(points) ?? [], parsed.GetValue(lanes));
        });
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<int> seeds, string[] patterns, int laneCount)
    {
        var clock = Stopwatch.StartNew();
        await using var first = await CrashEnvironment.StartAsync("crash-matrix-1", 1, skipLeases: true, Console.WriteLine);
        var (points, firsts, expectations) = await ExploreAsync(new CrashLane(first));
        var chosen = points.Where(point => patterns.Length == 0 || patterns.Any(point.Fits)).ToList();
        if (seeds.Count == 0)
        {
            CrashReport.List(chosen);
            return 0;
        }

        // Each point once before any twice, so that an interrupted run has covered most points.
        var work = new ConcurrentQueue<CrashRound>(seeds.SelectMany(seed => CrashRound.Of(chosen, seed)));
        var report = new CrashReport(points.Count, chosen.Count * seeds.Count);
        Console.WriteLine($"{points.Count} points found; {chosen.Count} of them with {seeds.Count} seeds, in {work.Count} deaths");
        await Task.WhenAll(Enumerable.Range(1, Math.Min(laneCount, work.Count)).Select(LaneAsync));
        report.Show(clock.Elapsed);
        return report.IsGood ? 0 : 1;

        async Task LaneAsync(int number)
        {
            await using var own = number == 1 ? null : await CrashEnvironment.StartAsync($"crash-matrix-{number}", number, skipLeases: true, _ => { });
            var lane = new CrashLane(own ?? first);
            while (work.TryDequeue(out var round))
            {
                var result = await lane.RunAsync(round, firsts.GetValueOrDefault(round.Scenario), expectations);
                foreach (var again in round.Again(result.Missed))
                    work.Enqueue(again);
                report.Add(result);
            }

            report.Add(await lane.CheckAllAsync(expectations));
        }
    }

    private static async Task<(List<CrashPoint> Points, Dictionary<Scenario, CrashPoint> Firsts, Expectations Expectations)> ExploreAsync(CrashLane lane)
    {
        var points = new List<CrashPoint>();
        var firsts = new Dictionary<Scenario, CrashPoint>();
        var outcomes = new Dictionary<string, Outcome>();
        var seen = new HashSet<string>();
        foreach (var scenario in Scenario.All)
        {
            if (scenario.DiesFirst is { } diesFirst)
                firsts[scenario] = points.First(diesFirst);
            var (found, ended) = await lane.ExploreAsync(scenario, firsts.GetValueOrDefault(scenario), seen);
            Console.WriteLine($"{scenario.Name}: {found.Count} new points");
            points.AddRange(found);
            foreach (var (kind, outcome) in ended.Where(kind => outcomes.TryAdd(kind.Key, kind.Value)))
                Console.WriteLine($"    {kind} becomes {outcome.Status} with {outcome.Tasks} tasks");
        }

        return (points, firsts, new Expectations(outcomes, MayFail: false));
    }
}
