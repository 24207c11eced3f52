using System.Diagnostics;
using FamilyPa.Core.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace FamilyPa.Functions.Telemetry;

/// <summary>
/// Adds the dimensions of the surrounding spans (<see cref="Traces.Context"/>) to every exported log line, and sanitises it. Lines of libraries
/// may contain secrets or texts.
/// </summary>
internal sealed class SafeLogs : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord line)
    {
        var attributes = (line.Attributes ?? []).Select(attribute => KeyValuePair.Create(attribute.Key, Safe(attribute.Value))).ToList();
        foreach (var name in Traces.Context)
        {
            if (!attributes.Exists(attribute => attribute.Key == name) && FromSpans(name) is { } value)
                attributes.Add(new(name, value));
        }

        if (line.Exception is { } error && !Sanitizer.IsClean(error))
        {
            attributes.Add(new("error_type", error.GetType().FullName));
            attributes.Add(new("error_stack", Sanitizer.Stack(error)));
            line.Exception = new SanitizedException(error);
        }

        line.Attributes = attributes;
        line.FormattedMessage = line.FormattedMessage is { } message ? Sanitizer.Text(message) : null;
        line.Body = line.Body is { } body ? Sanitizer.Text(body) : null;
    }

    private static object? Safe(object? value) => value is string text ? Sanitizer.Text(text) : value;

    private static object? FromSpans(string name)
    {
        for (var span = Activity.Current; span is not null; span = span.Parent)
        {
            if ((span.GetTagItem(name) ?? (name == Traces.Invocation ? span.GetTagItem(Traces.Call) : null)) is { } value)
                return value;
        }

        return null;
    }
}
