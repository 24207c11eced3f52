using System.Text.Json;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Jobs;

/// <summary>The settings that the job functions of the migrations need: their type <c>job_limits</c>.</summary>
public sealed class JobLimits(IOptions<PipelineSettings> pipeline, IOptions<LimitSettings> limits)
{
    /// <summary>Jobs that one dispatch queues at most: one job that ends makes room for one, but a breaker that closes for many.</summary>
    public const int DispatchMost = 16;

    /// <summary>For how long a slot is kept for a dispatched job, before it may be dispatched again.</summary>
    private static readonly TimeSpan DispatchHold = TimeSpan.FromSeconds(30);

    /// <summary>A parameter of <c>read_limits</c>.</summary>
    public string Json { get; } = ToJson(pipeline.Value, limits.Value, limits.Value.BreakerFailures);

    /// <summary>The same for a service that does not exist any more: its first failure opens the breaker.</summary>
    public string JsonOfGoneService { get; } = ToJson(pipeline.Value, limits.Value, breakerFailures: 1);

    private static string ToJson(PipelineSettings pipeline, LimitSettings limits, int breakerFailures) => JsonSerializer.Serialize(new
    {
        lease = Interval(pipeline.Lease),
        max_attempts = pipeline.MaxAttempts,
        slots = limits.MaxConcurrentJobs,
        sender_failures = limits.SenderFailures,
        sender_pause = Interval(limits.SenderPause),
        dispatch_hold = Interval(DispatchHold),
        dispatch_most = DispatchMost,
        breaker_failures = breakerFailures,
        breaker_open = Interval(limits.BreakerOpen),
        breaker_open_most = Interval(limits.BreakerOpenMost),
    });

    private static string Interval(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds} seconds");
}
