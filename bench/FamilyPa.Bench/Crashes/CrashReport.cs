using FamilyPa.Bench.Checks;
using Spectre.Console;

namespace FamilyPa.Bench.Crashes;

/// <summary>Collects and prints the results of a crash matrix.</summary>
/// <param name="known">The number of all points.</param>
/// <param name="wanted">The number of planned deaths: points times seeds.</param>
internal sealed class CrashReport(int known, int wanted)
{
    private const int EverySoOften = 25;

    private readonly Lock gate = new();
    private readonly List<CrashResult> results = [];
    private readonly List<Verdict> atTheEnd = [];

    public bool IsGood => results.Count > 0 && results.All(result => result.IsGood) && atTheEnd.All(verdict => verdict.IsGood);

    public static void List(IReadOnlyList<CrashPoint> points)
    {
        foreach (var point in points)
            Console.WriteLine($"{point.Name,-40} {point.What}");
    }

    /// <summary>Prints problems with the options that repeat the round, and the progress from time to time.</summary>
    public void Add(CrashResult result)
    {
        lock (gate)
        {
            results.Add(result);
            if (!result.IsGood)
                Console.WriteLine($"--seed {result.Round.Seed} --points {string.Join(' ', result.Round.Points.Select(point => point.Name))}");
            foreach (var point in result.Unreached)
                Console.WriteLine($"    not reached: {point.Name} ({point.What})");
            foreach (var problem in result.Verdict.Problems)
                Console.WriteLine($"    {problem}");
            if (results.Count % EverySoOften == 0)
                Console.WriteLine($"died at {Killed(results)} of {wanted} in {results.Count} deaths");
        }
    }

    /// <param name="verdict">The check of all messages of a lane after its last round.</param>
    public void Add(Verdict verdict)
    {
        lock (gate)
        {
            atTheEnd.Add(verdict);
            foreach (var problem in verdict.Problems)
                Console.WriteLine($"at the end: {problem}");
        }
    }

    public void Show(TimeSpan elapsed)
    {
        var table = new Table { Title = new TableTitle($"Crash matrix: {known} points known, {results.Count} deaths in {elapsed.TotalMinutes:0} min") }
            .AddColumns("killed in", "points", "times", "killed");
        var tries = results.Where(result => result.Round.Attempt == 1).SelectMany(result => result.Round.Points).ToList();
        var killed = results.SelectMany(result => result.Killed).CountBy(Place).ToDictionary();
        foreach (var place in tries.GroupBy(Place).OrderBy(group => group.Key, StringComparer.Ordinal))
            table.AddRow(place.Key, $"{place.DistinctBy(point => point.Name).Count()}", $"{place.Count()}", $"{killed.GetValueOrDefault(place.Key)}");
        table.AddRow("all", $"{tries.DistinctBy(point => point.Name).Count()}", $"{wanted}", $"{Killed(results)}");
        AnsiConsole.Write(table);
        VerdictTable.Show(Verdict.Of([.. results.Select(result => result.Verdict), .. atTheEnd]));
    }

    private static string Place(CrashPoint point) => point.Scenario.Prefix + point.Function;

    private static int Killed(IEnumerable<CrashResult> results) => results.Sum(result => result.Killed.Count);
}
