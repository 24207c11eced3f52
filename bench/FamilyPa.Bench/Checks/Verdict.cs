namespace FamilyPa.Bench.Checks;

/// <summary>What the promises came to. Each list names messages and what is wrong with them; each must be empty.</summary>
/// <param name="Unrecorded">
/// Calls that Azure OpenAI billed and the ledger does not know. Not a fault: whose process dies, or whose connection breaks, between the
/// call and its answer cannot know what it cost.
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

    /// <summary>Of all of them together. What is unrecorded only ever grows, so the most of it counts.</summary>
    public static Verdict Of(IReadOnlyList<Verdict> verdicts) => new(
        [.. verdicts.SelectMany(verdict => verdict.Lost).Distinct()], [.. verdicts.SelectMany(verdict => verdict.Duplicated).Distinct()],
        [.. verdicts.SelectMany(verdict => verdict.Stuck).Distinct()], [.. verdicts.SelectMany(verdict => verdict.OverCharged).Distinct()],
        verdicts.Select(verdict => verdict.Unrecorded).DefaultIfEmpty().Max());
}
