using System.Diagnostics;

namespace FamilyPa.Core.Diagnostics;

/// <summary>One trace per message, from its webhook to its reply. The queue messages carry its traceparent, and the database stores it for later replays.</summary>
/// <remarks>Without an exporter (<c>AddTelemetry</c>) there are no listeners, so no spans are created.</remarks>
public static class Traces
{
    public const string Name = "FamilyPa";

    /// <summary>The dimensions that every log line takes from the spans around it.</summary>
    public static readonly IReadOnlyList<string> Context = ["message_sid", "request_id", "attempt_id", "phase", "operation", "family_id", Invocation];

    /// <summary>The dimension with the id of a function call that no HTTP request caused.</summary>
    public const string Invocation = "invocation_id";

    /// <summary>The worker's id of a function call, a tag of its span (OpenTelemetry's semantic conventions).</summary>
    public const string Call = "faas.invocation_id";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>The current span as W3C's <c>traceparent</c>.</summary>
    internal static string? Carried => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } now ? now.Id : null;

    /// <summary>A span for an operation inside the current span.</summary>
    public static Activity? Start(string operation, string? messageSid = null) =>
        Source.StartActivity(operation)?.SetTag("operation", operation).SetTag("message_sid", messageSid);

    /// <summary>A span for an operation on a message that a queue delivered, in the message's trace and linked with the function call's span.</summary>
    /// <param name="traceparent">Of the queue message or the database; the span joins the current trace when it is missing or invalid.</param>
    internal static Activity? Continue(string operation, string? messageSid, string? traceparent) =>
        ContinueAs(operation, messageSid, traceparent)?.SetTag("operation", operation);

    /// <summary>The same for a phase of the pipeline.</summary>
    internal static Activity? ContinuePhase(string phase, string messageSid, string? traceparent) =>
        ContinueAs(phase, messageSid, traceparent)?.SetTag("phase", phase);

    private static Activity? ContinueAs(string name, string? messageSid, string? traceparent)
    {
        if (!Source.HasListeners())
            return null;
        var call = Activity.Current?.SetTag("message_sid", messageSid);
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent);
        return Source.StartActivity(name, ActivityKind.Consumer, parent, links: call is null || parent == default ? null : [new ActivityLink(call.Context)])
            ?.SetTag("message_sid", messageSid).SetTag(Invocation, call?.GetTagItem(Call));
    }

    /// <summary>Sets the outcome. Only a span with an error code is an error; a job that another worker has leased is not.</summary>
    public static void End(this Activity? span, string outcome, string? errorCode = null)
    {
        span?.SetTag("outcome", outcome).SetTag("error_code", errorCode);
        if (errorCode is not null)
            span?.SetStatus(ActivityStatusCode.Error, errorCode);
    }
}
