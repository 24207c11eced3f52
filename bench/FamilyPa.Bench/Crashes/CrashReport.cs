using FamilyPa.Bench.Checks;
using Spectre.Console;

namespace FamilyPa.Bench.Crashes;

/// <summary>What a crash matrix came to.</summary>
/// <param name="known">How many points there are, run or not.</param>
internal sealed class CrashReport(int known, IReadOnlyList<CrashResult> results)
{
    private const int EverySoOften = 25;

    /// <summary>A line for a run that went wrong, with what it takes to repeat it, and one now and then.</summary>
    public static void Tell(CrashResult result, int done, int total)
    {
        if (!result.IsGood)
        {
            Console.WriteLine($"--seed {result.Seed} --points {result.Point.Name} ({result.Point.What})");
            foreach (var problem in result.Killed ? result.Verdict.Problems : ["the point was not reached", .. result.Verdict.Problems])
                Console.WriteLine($"    {problem}");
        }

        if (done % EverySoOften == 0)
            Console.WriteLine($"{done} of {total} runs");
    }

    public static void List(IReadOnlyList<CrashPoint> points)
    {
        foreach (var point in points)
            Console.WriteLine($"{point.Name,-40} {point.What}");
    }

    public void Show(TimeSpan elapsed)
    {
        var table = new Table { Title = new TableTitle($"Crash matrix: {known} points known, {results.Count} runs in {elapsed.TotalMinutes:0} min") }
            .AddColumns("killed in", "points", "runs", "killed", "lost", "duplicated", "stuck", "over-charged");
        foreach (var function in results.GroupBy(result => result.Point.Scenario.Prefix + result.Point.Function).OrderBy(group => group.Key, StringComparer.Ordinal))
            table.AddRow(Row(function.Key, [.. function]));
        table.AddRow(Row("all", results));
        AnsiConsole.Write(table);
    }

    private static string[] Row(string name, IReadOnlyList<CrashResult> runs) =>
    [
        name, $"{runs.DistinctBy(run => run.Point.Name).Count()}", $"{runs.Count}", $"{runs.Count(run => run.Killed)}",
        Sum(runs, verdict => verdict.Lost), Sum(runs, verdict => verdict.Duplicated), Sum(runs, verdict => verdict.Stuck), Sum(runs, verdict => verdict.OverCharged),
    ];

    private static string Sum(IEnumerable<CrashResult> runs, Func<Verdict, IReadOnlyList<string>> list) => $"{runs.Sum(run => list(run.Verdict).Count)}";
}
