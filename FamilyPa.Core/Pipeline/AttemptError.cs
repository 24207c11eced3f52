using FamilyPa.Core.AI;
using FamilyPa.Core.Breakers;
using FamilyPa.Core.Diagnostics;

namespace FamilyPa.Core.Pipeline;

/// <summary>What is kept of an error: sanitised, fit for the database, logs and operators.</summary>
/// <param name="Usage">What the failed attempt cost all the same.</param>
public sealed record AttemptError(string Code, string Message, string Stack, ModelUsage? Usage, Blame Blame)
{
    public static AttemptError Of(Exception error) =>
        new(ErrorCode.Of(error), Sanitizer.Message(error), Sanitizer.Stack(error), (error as ModelAnswerException)?.Usage, Blame.Of(error));
}

/// <summary>Tells the platform that a try failed, in words that may stand in any log.</summary>
public sealed class PhaseFailedException(string messageSid, string phase, AttemptError error)
    : Exception($"{phase} of {messageSid} failed: {error.Code}, {error.Message}")
{
    public AttemptError Error { get; } = error;
}
