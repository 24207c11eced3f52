using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace FamilyPa.Core.Resilience;

/// <summary>How calls to outside services are repeated inside one attempt: exponentially, with jitter, and as Retry-After asks.</summary>
public static class OutboundRetryPolicy
{
    /// <summary>A service that asks for more patience than this is not waited for: the job steps aside.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Nobody knows how far ahead a service's clock or ambition is.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly AsyncLocal<bool> Probe = new();

    /// <summary>Whether the attempt under way only tries whether a service is back. Then one call has to do.</summary>
    public static bool IsProbe
    {
        get => Probe.Value;
        set => Probe.Value = value;
    }

    /// <param name="again">Which outcomes a call may be repeated after.</param>
    public static HttpRetryStrategyOptions Retries(int count, Func<Outcome<HttpResponseMessage>, bool> again) => new()
    {
        MaxRetryAttempts = count,
        BackoffType = DelayBackoffType.Exponential,
        Delay = TimeSpan.FromMilliseconds(500),
        UseJitter = true,
        ShouldHandle = attempt => ValueTask.FromResult(!IsProbe && again(attempt.Outcome) && AskedPause(attempt.Outcome.Result) <= LongestPause),
    };

    /// <summary>How long an answer asks us to stay away, where that is more than we wait inside a call.</summary>
    public static TimeSpan? WaitOf(HttpResponseMessage response) => WaitOf(AskedPause(response));

    /// <inheritdoc cref="WaitOf(HttpResponseMessage)"/>
    public static TimeSpan? WaitOf(TimeSpan asked) => asked <= LongestPause ? null : asked < LongestWait ? asked : LongestWait;

    private static TimeSpan AskedPause(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => TimeSpan.Zero,
    };

    /// <summary>Whether a call that ended so may be made again at once: it certainly reached nobody, or was turned away.</summary>
    public static bool IsUnreached(Exception? error) => error is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };
}
