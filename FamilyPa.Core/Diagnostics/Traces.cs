using System.Diagnostics;

namespace FamilyPa.Core.Diagnostics;

/// <summary>One trace for each message, from its webhook to its reply: the queues carry it on, and the database keeps it for whoever comes later.</summary>
/// <remarks>Nobody listens unless telemetry is sent anywhere (<c>AddTelemetry</c>): then there are no spans and nothing is carried.</remarks>
public static class Traces
{
    public const string Name = "FamilyPa";

    /// <summary>What a span and every log line inside of it say of where they belong.</summary>
    public static readonly IReadOnlyList<string> Context = ["event_id", "request_id", "phase", "family_id"];

    /// <summary>The worker's own id of a call, on its span: what asked for the work where no HTTP request did.</summary>
    public const string Call = "faas.invocation_id";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>The current span as W3C's <c>traceparent</c>.</summary>
    internal static string? Carried => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } now ? now.Id : null;

    /// <summary>A span for a piece of work inside the current one.</summary>
    public static Activity? Start(string phase, string? messageSid = null) =>
        Source.StartActivity(phase)?.SetTag("phase", phase).SetTag("event_id", messageSid);

    /// <summary>
    /// A span for work on a message that a queue delivered. It belongs to the message's trace, and is linked with the platform's own span of
    /// this call, which in turn learns which message it is about.
    /// </summary>
    /// <param name="traceparent">As the queue message or the database had it; anything else goes on in the current trace.</param>
    internal static Activity? Continue(string phase, string? messageSid, string? traceparent)
    {
        if (!Source.HasListeners())
            return null;
        var call = Activity.Current?.SetTag("event_id", messageSid);
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent);
        return Source.StartActivity(phase, ActivityKind.Consumer, parent, links: call is null || parent == default ? null : [new ActivityLink(call.Context)])
            ?.SetTag("phase", phase).SetTag("event_id", messageSid).SetTag("request_id", call?.GetTagItem(Call));
    }

    /// <summary>How the work ended. What is no fault of anybody's, such as a message that somebody else has taken up, is no error.</summary>
    public static void End(this Activity? span, string outcome, string? errorCode = null)
    {
        span?.SetTag("outcome", outcome).SetTag("error_code", errorCode);
        if (errorCode is not null)
            span?.SetStatus(ActivityStatusCode.Error, errorCode);
    }
}
