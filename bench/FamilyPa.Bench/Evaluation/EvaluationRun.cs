using System.ClientModel;
using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Bench.Evaluation;

/// <param name="Asked">A question was asked, or a task is held for review.</param>
/// <param name="Matched">Found tasks that are expected ones, of them those with the expected due date and the expected assignees.</param>
/// <param name="Error">Why there is no answer; null if there is one.</param>
internal sealed record CaseResult(
    EvaluationCase Case, IReadOnlyList<FoundTask> Found, bool Asked, string? Question, int Matched, int DueRight, int AssigneeRight,
    decimal CostUsd, double Milliseconds, string? Error);

internal sealed record FoundTask(string Title, string? Due, string? Assignee, double Confidence);

/// <summary>Sends the set's messages one after the other and compares the answers with the labels.</summary>
internal sealed class EvaluationRun(EvaluationSet set, EvaluatedModel model)
{
    public async Task<IReadOnlyList<CaseResult>> RunAsync(IReadOnlyList<EvaluationCase> cases, Action<int> progress, CancellationToken cancellation)
    {
        List<CaseResult> results = [];
        foreach (var one in cases)
        {
            results.Add(await AskAsync(one, cancellation));
            progress(results.Count);
        }

        return results;
    }

    private async Task<CaseResult> AskAsync(EvaluationCase one, CancellationToken cancellation)
    {
        var family = set.FamilyOf(one);
        var clock = Stopwatch.StartNew();
        try
        {
            var extracted = await model.Extractor.ExtractAsync(
                new ExtractionRequest(new SenderWords(one.Message, one.Spoken, Forwarded: false), family.Members[0], family, QuestionsOf(one), set.NowOf(one)),
                _ => Task.FromResult(true), cancellation);
            var (answer, usage) = extracted!.Value;
            return Compare(one, answer, usage!.CostUsd, clock.Elapsed.TotalMilliseconds);
        }
        catch (ModelAnswerException e)
        {
            return Failed(e.Code, e.Usage?.CostUsd ?? 0);
        }
        catch (ClientResultException e)
        {
            return Failed($"http_{e.Status}", 0);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IHasErrorCode)
        {
            return Failed((e as IHasErrorCode)?.Code ?? e.GetType().Name, 0);
        }

        CaseResult Failed(string error, decimal cost) => new(one, [], false, null, 0, 0, 0, cost, clock.Elapsed.TotalMilliseconds, error);
    }

    private CaseResult Compare(EvaluationCase one, ExtractionResult answer, decimal cost, double milliseconds)
    {
        var expected = one.Tasks ?? [];
        var pairs = TaskMatcher.Match(expected, [.. answer.Tasks.Select(task => task.Title)])
            .Select(pair => (Expected: expected[pair.Expected], Found: answer.Tasks[pair.Found])).ToList();
        return new CaseResult(
            one, [.. answer.Tasks.Select(task => new FoundTask(task.Title, task.DueAt, Named(task), task.Confidence))],
            answer.ClarifyingQuestion is not null || answer.Tasks.Any(task => task.Confidence < model.ReviewBelow), answer.ClarifyingQuestion,
            pairs.Count,
            pairs.Count(pair => Due(one, pair.Found.DueAt) == Due(one, pair.Expected.Due)),
            pairs.Count(pair => AreSame(pair.Found.Assignees ?? [], pair.Expected.Assignees ?? [])),
            cost, milliseconds, null);
    }

    private static bool AreSame(IReadOnlyList<string> some, IReadOnlyList<string> others) => some.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(others);

    private static string? Named(ExtractedTask task) => task.Assignees is null ? null : string.Join(", ", task.Assignees);

    private DueDate? Due(EvaluationCase one, string? text) => text is not null && DueDate.TryParse(text, set.FamilyOf(one).TimeZone, out var due) ? due : null;

    private static List<OpenQuestion> QuestionsOf(EvaluationCase one) => one.Question is { } asked
        ? [new OpenQuestion(Guid.NewGuid(), Guid.NewGuid(), asked.Asked, asked.About, asked.Title, null, null, [], null, false)]
        : [];
}
