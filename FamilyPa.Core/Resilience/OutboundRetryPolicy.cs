using System.Globalization;
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

    /// <summary>Whether calls are made once only: those of a circuit breaker's half-open probe, and those that an attempt can do without.</summary>
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
        DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(AskedPause(attempt.Outcome.Result) is var asked && asked > TimeSpan.Zero ? asked : null),
        ShouldHandle = attempt => ValueTask.FromResult(!IsProbe && again(attempt.Outcome) && AskedPause(attempt.Outcome.Result) <= LongestPause),
    };

    /// <summary>The response's Retry-After, when it is longer than <see cref="LongestPause"/>; limited to ten minutes.</summary>
    public static TimeSpan? WaitOf(HttpResponseMessage response) => WaitOf(AskedPause(response));

    /// <inheritdoc cref="WaitOf(HttpResponseMessage)"/>
    public static TimeSpan? WaitOf(TimeSpan asked) => asked <= LongestPause ? null : asked < LongestWait ? asked : LongestWait;

    private static TimeSpan AskedPause(HttpResponseMessage? response) => response is null
        ? TimeSpan.Zero
        : AskedPause(name => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null);

    /// <summary>The pause that an answer asks for: Azure's <c>retry-after-ms</c>, which is the finer one, or <c>Retry-After</c> (RFC 9110, seconds or a date).</summary>
    /// <param name="header">Gives a header's value; null where it is missing.</param>
    public static TimeSpan AskedPause(Func<string, string?> header)
    {
        if (Number(header("retry-after-ms")) is { } milliseconds)
            return TimeSpan.FromMilliseconds(milliseconds);
        var text = header("Retry-After");
        return Number(text) is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date - DateTimeOffset.UtcNow
            : TimeSpan.Zero;
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= int.MaxValue ? number : null;

    /// <summary>Whether the call certainly did not reach the service, so that an immediate retry is safe.</summary>
    public static bool IsUnreached(Exception? error) => error is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };
}
