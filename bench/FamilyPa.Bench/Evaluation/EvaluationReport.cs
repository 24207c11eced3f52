using Spectre.Console;

namespace FamilyPa.Bench.Evaluation;

/// <summary>What a run's answers are worth: of all messages, and of each language and kind.</summary>
internal sealed class EvaluationReport(IReadOnlyList<CaseResult> results, EvaluatedModel model, bool isSimulator)
{
    private const string OnlyPlumbing =
        "SIMULATOR: this run proves only the plumbing. Its figures say nothing of a language model; set AZURE_OPENAI_ENDPOINT to measure one.";

    public void Write(IAnsiConsole console)
    {
        var table = new Table { Title = new TableTitle($"{results.Count} messages, deployment {Markup.Escape(model.Deployment)}") }
            .AddColumns("", "messages", "failed", "precision", "recall", "due exact", "assignee exact", "asked where due", "asked needlessly");
        foreach (var (name, figures) in Groups())
        {
            table.AddRow(
                name, $"{figures.Messages}", $"{figures.Failed}",
                $"{figures.Precision:P1}", $"{figures.Recall:P1}", $"{figures.DueExact:P1}", $"{figures.AssigneeExact:P1}",
                $"{figures.AskedRightly} of {figures.ShouldAsk}", $"{figures.AskedNeedlessly}");
        }

        console.Write(table);
        var total = Figures.Of(results);
        console.WriteLine($"Cost {total.CostUsd:0.0000} USD, {total.CostUsd / Math.Max(1, results.Count) * 1000:0.00} USD for 1,000 messages.");
        console.WriteLine($"Latency p50 {total.P50Ms:0} ms, p95 {total.P95Ms:0} ms.");
        console.WriteLine(TaskMatcher.Rule);
        foreach (var failed in results.Where(result => result.Error is not null))
            console.WriteLine($"Failed: {failed.Case.Id}: {failed.Error}");
        if (isSimulator)
            console.WriteLine(OnlyPlumbing);
    }

    public object ToJson() => new
    {
        model.Endpoint.Host,
        model.Deployment,
        Simulator = isSimulator,
        Note = isSimulator ? OnlyPlumbing : null,
        Matching = TaskMatcher.Rule,
        Figures = Groups().ToDictionary(group => group.Name, group => group.Figures),
        Messages = results.Select(result => new
        {
            result.Case.Id,
            Expected = result.Case.Tasks,
            ShouldAsk = result.Case.Asks,
            result.Found,
            result.Asked,
            result.Question,
            result.Matched,
            result.DueRight,
            result.AssigneeRight,
            result.CostUsd,
            result.Milliseconds,
            result.Error,
        }),
    };

    private IEnumerable<(string Name, Figures Figures)> Groups() =>
    [
        ("all", Figures.Of(results)),
        .. results.GroupBy(result => result.Case.Language).Select(group => (group.Key, Figures.Of([.. group]))),
        .. results.GroupBy(result => result.Case.Kind).Select(group => (group.Key, Figures.Of([.. group]))),
    ];
}

/// <summary>Shares are from 0 to 1, and 1 of nothing.</summary>
/// <param name="Precision">Of the tasks found, those that are expected; of messages whose tasks are scored.</param>
/// <param name="Recall">Of the tasks expected, those that were found; a message without an answer has found none.</param>
/// <param name="DueExact">Of the tasks expected and found, those with exactly the due date, or none, of the label.</param>
/// <param name="AssigneeExact">Likewise.</param>
internal sealed record Figures(
    int Messages, int Failed, double Precision, double Recall, double DueExact, double AssigneeExact, int ShouldAsk, int AskedRightly, int AskedNeedlessly,
    decimal CostUsd, double P50Ms, double P95Ms)
{
    public static Figures Of(IReadOnlyList<CaseResult> results)
    {
        var scored = results.Where(result => result.Case.Tasks is not null).ToList();
        var matched = scored.Sum(result => result.Matched);
        var latencies = results.Select(result => result.Milliseconds).Order().ToList();
        return new Figures(
            results.Count,
            results.Count(result => result.Error is not null),
            Share(matched, scored.Sum(result => result.Found.Count)),
            Share(matched, scored.Sum(result => result.Case.Tasks!.Count)),
            Share(scored.Sum(result => result.DueRight), matched),
            Share(scored.Sum(result => result.AssigneeRight), matched),
            results.Count(result => result.Case.Asks),
            results.Count(result => result.Case.Asks && result.Asked),
            results.Count(result => !result.Case.Asks && result.Asked),
            results.Sum(result => result.CostUsd),
            At(0.5), At(0.95));

        static double Share(int part, int whole) => whole == 0 ? 1 : part / (double)whole;

        double At(double quantile) => latencies.Count == 0 ? 0 : latencies[(int)(quantile * (latencies.Count - 1))];
    }
}
