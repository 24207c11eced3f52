using FamilyPa.Core.Operations;

namespace FamilyPa.Cli.Api;

internal sealed record EventsAnswer(IReadOnlyList<EventRow> Events, string? NextCursor);

internal sealed record DeadLettersAnswer(IReadOnlyList<DeadLetter> DeadLetters, string? NextCursor);

/// <param name="Totals">By outcome, with <c>matched</c> and <c>skipped</c>.</param>
internal sealed record ReplayAnswer(IReadOnlyList<ReplayResult> Jobs, IReadOnlyDictionary<string, long> Totals, bool More, string? NextCursor);

/// <summary>The app's error response (RFC 9457).</summary>
internal sealed record ProblemAnswer(string? Title, string? Detail, string? Code, string? RequestId, IReadOnlyDictionary<string, string[]>? Errors);
