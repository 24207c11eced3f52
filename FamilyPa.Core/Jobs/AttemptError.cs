using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.OpenAI;

namespace FamilyPa.Core.Jobs;

/// <summary>An error as it is stored: sanitised for the database, logs and operators.</summary>
/// <param name="Usage">What the failed attempt cost all the same.</param>
public sealed record AttemptError(string Code, string Message, string Stack, ModelUsage? Usage, ServiceFailure Failure)
{
    public static AttemptError Of(Exception error) =>
        new(ErrorCode.Of(error), Sanitizer.Message(error), Sanitizer.Stack(error), (error as ModelAnswerException)?.Usage, FailureClassifier.Classify(error));
}

/// <summary>Tells the platform that a try failed, in words that may stand in any log.</summary>
public sealed class PhaseFailedException(string messageSid, string phase, AttemptError error)
    : Exception($"{phase} of {messageSid} failed: {error.Code}, {error.Message}")
{
    public AttemptError Error { get; } = error;
}
