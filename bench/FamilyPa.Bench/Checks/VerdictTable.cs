using Spectre.Console;

namespace FamilyPa.Bench.Checks;

/// <summary>A verdict for people: the first of what is wrong, then the counts.</summary>
internal static class VerdictTable
{
    private const int MostProblems = 50;

    public static void Show(Verdict verdict)
    {
        foreach (var problem in verdict.Problems.Take(MostProblems))
            Console.WriteLine(problem);
        AnsiConsole.Write(new Table()
            .AddColumns("lost", "duplicated", "stuck", "over-charged", "(billed, and unknown to the ledger)")
            .AddRow($"{verdict.Lost.Count}", $"{verdict.Duplicated.Count}", $"{verdict.Stuck.Count}", $"{verdict.OverCharged.Count}", $"{verdict.Unrecorded}"));
    }
}
