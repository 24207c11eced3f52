using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace FamilyPa.Core.Resilience;

/// <summary>Retries inside one attempt: exponential backoff with jitter, honouring Retry-After.</summary>
public static class OutboundRetryPolicy
{
    /// <summary>Longest Retry-After for which a call waits. Above it the attempt ends and the job is deferred.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Upper limit for a service's Retry-After, which may be wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly AsyncLocal<bool> Probe = new();

    /// <summary>Whether the current attempt is a circuit breaker's half-open probe, which makes one call only.</summary>
    public static bool IsProbe
    {
        get => Probe.Value;
        set => Probe.Value = value;
    }

    /// <param name="again">Decides after which outcomes a call may be retried.</param>
    public static HttpRetryStrategyOptions Retries(int count, Func<Outcome<HttpResponseMessage>, bool> again) => new()
    {
        MaxRetryAttempts = count,
        BackoffType = DelayBackoffType.Exponential,
        Delay = TimeSpan.FromMilliseconds(500),
        UseJitter = true,
        ShouldHandle = attempt => ValueTask.FromResult(!IsProbe && again(attempt.Outcome) && AskedPause(attempt.Outcome.Result) <= LongestPause),
    };

    /// <summary>The response's Retry-After, when it is longer than <see cref="LongestPause"/>; limited to ten minutes.</summary>
    public static TimeSpan? WaitOf(HttpResponseMessage response) => WaitOf(AskedPause(response));

    /// <inheritdoc cref="WaitOf(HttpResponseMessage)"/>
    public static TimeSpan? WaitOf(TimeSpan asked) => asked <= LongestPause ? null : asked < LongestWait ? asked : LongestWait;

    private static TimeSpan AskedPause(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => TimeSpan.Zero,
    };

    /// <summary>Whether the call certainly did not reach the service, so that an immediate retry is safe.</summary>
    public static bool IsUnreached(Exception? error) => error is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };
}
