namespace FamilyPa.Bench.Checks;

/// <summary>The result of a check. Each list names messages and their problems, and must be empty.</summary>
/// <param name="Unrecorded">
/// Calls that Azure OpenAI billed but the ledger does not have. Not a failure: if the process dies or the connection breaks before the response, the app cannot know the
/// cost.
/// </param>
internal sealed record Verdict(
    IReadOnlyList<string> Lost, IReadOnlyList<string> Duplicated, IReadOnlyList<string> Stuck, IReadOnlyList<string> OverCharged, long Unrecorded)
{
    public bool IsGood => Lost.Count + Duplicated.Count + Stuck.Count + OverCharged.Count == 0;

    public IEnumerable<string> Problems =>
    [
        .. Lost.Select(what => $"lost: {what}"), .. Duplicated.Select(what => $"duplicated: {what}"),
        .. Stuck.Select(what => $"stuck: {what}"), .. OverCharged.Select(what => $"over-charged: {what}"),
    ];

    /// <summary>Combines verdicts. The number of unrecorded calls only grows, so the maximum counts.</summary>
    public static Verdict Of(IReadOnlyList<Verdict> verdicts) => new(
        [.. verdicts.SelectMany(verdict => verdict.Lost).Distinct()], [.. verdicts.SelectMany(verdict => verdict.Duplicated).Distinct()],
        [.. verdicts.SelectMany(verdict => verdict.Stuck).Distinct()], [.. verdicts.SelectMany(verdict => verdict.OverCharged).Distinct()],
        verdicts.Select(verdict => verdict.Unrecorded).DefaultIfEmpty().Max());
}
