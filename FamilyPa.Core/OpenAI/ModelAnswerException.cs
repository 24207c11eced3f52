using System.Text.Json;
using FamilyPa.Core.Diagnostics;

namespace FamilyPa.Core.OpenAI;

/// <summary>The model answered, but its answer is invalid. The call was charged.</summary>
/// <param name="code">Stable, for counting.</param>
/// <param name="detail">The defect, without text of the answer.</param>
public sealed class ModelAnswerException(string code, string detail) : Exception(detail), IHasErrorCode
{
    public string Code { get; } = code;

    public ModelUsage? Usage { get; init; }

    /// <summary>The job's reason where asking again would end in the same way, so that the message is rejected; null where it would not.</summary>
    public string? RejectionReason { get; init; }

    /// <summary>Asking again would end in the same way, though the message is not at fault: an operator has to look at it.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Whether the client could not read the service's response. It reads lazily and throws different exceptions.</summary>
    public static bool IsUnreadable(Exception error) =>
        error is JsonException or ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException;

    public static ModelAnswerException Unreadable(string expected) => new("ai_response_unreadable", $"The service's response is not {expected}.");
}
