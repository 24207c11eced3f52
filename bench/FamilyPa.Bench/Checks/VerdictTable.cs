using Spectre.Console;

namespace FamilyPa.Bench.Checks;

/// <summary>Prints a verdict: the first problems, then the counts.</summary>
internal static class VerdictTable
{
    private const int MostProblems = 50;

    public static void Show(Verdict verdict)
    {
        foreach (var problem in verdict.Problems.Take(MostProblems))
            Console.WriteLine(problem);
        AnsiConsole.Write(new Table()
            .AddColumns("lost", "duplicated", "stuck", "over-charged", "(billed, but not in the ledger)")
            .AddRow($"{verdict.Lost.Count}", $"{verdict.Duplicated.Count}", $"{verdict.Stuck.Count}", $"{verdict.OverCharged.Count}", $"{verdict.Unrecorded}"));
    }
}
