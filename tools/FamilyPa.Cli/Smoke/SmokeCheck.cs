using System.ClientModel;
using System.Diagnostics;
using Azure.Identity;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Transcription;

namespace FamilyPa.Cli.Smoke;

/// <param name="Cause">Null where the answer was right.</param>
internal sealed record SmokeResult(string Check, string Deployment, long LatencyMs, decimal CostUsd, string? Cause);

/// <summary>One question to one model.</summary>
/// <param name="AskAsync">Gives what the model understood, and what it cost.</param>
/// <param name="Words">All of which the answer must have, in any case.</param>
internal sealed record SmokeCheck(string Name, string Deployment, Func<CancellationToken, Task<(string Answer, ModelUsage Usage)>> AskAsync, IReadOnlyList<string> Words)
{
    private const int Longest = 300;

    public async Task<SmokeResult> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var (answer, usage) = await AskAsync(cancellation);
            var missing = Words.Where(word => !answer.Contains(word, StringComparison.OrdinalIgnoreCase)).ToList();
            return Result(usage.CostUsd, missing.Count == 0 ? null : $"the answer lacks “{string.Join("”, “", missing)}”: {Short(answer)}");
        }
        catch (ModelAnswerException e)
        {
            return Result(e.Usage?.CostUsd ?? 0, $"{e.Code}: {e.Message}");
        }
        catch (AuthenticationFailedException)
        {
            return Result(0, "nobody is signed in who may ask it (az login, role Cognitive Services OpenAI User)");
        }
        catch (Exception e) when (e is ClientResultException or UnreadableAudioException or HttpRequestException or TimeoutException)
        {
            return Result(0, $"{ErrorCode.Of(e)}: {Short(e.Message)}");
        }

        SmokeResult Result(decimal cost, string? cause) => new(Name, Deployment, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds, cost, cause);
    }

    /// <summary>On one line.</summary>
    private static string Short(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is var line && line.Length > Longest ? line[..Longest] + "…" : line;
}
