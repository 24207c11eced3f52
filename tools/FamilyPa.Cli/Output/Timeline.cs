using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace FamilyPa.Cli.Output;

/// <summary>Prints a message's timeline: status, entries, the next command and the log query.</summary>
internal static class Timeline
{
    public static void Show(JsonElement timeline)
    {
        Screen.Out.Write(Head(timeline));
        Screen.Line();
        Screen.Out.Write(Body(Moment.Of(timeline)));
        if (Advice(timeline) is { } advice)
        {
            Screen.Line();
            Screen.Line(advice);
        }

        if (Logs(timeline) is { } query)
        {
            Screen.Line();
            Screen.Line($"Log query, for Logs of the workspace:  {query}");
        }
    }

    private static Grid Head(JsonElement timeline)
    {
        var job = timeline.Part("job");
        var source = timeline.Part("event") is { ValueKind: JsonValueKind.Object } stored ? stored : timeline.Part("unmatched");
        var payload = source.Part("payload");
        var grid = new Grid().AddColumn().AddColumn();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                grid.AddRow(new Text(name), new Text(Screen.Clean(value)));
        }

        Add("Message", timeline.Text("message_sid"));
        Add("Status", job.ValueKind is JsonValueKind.Object ? Status(job) : $"unmatched: {source.Text("reason")}");
        Add("Error", Moment.Join(": ", job.Text("error_code"), job.Text("error_message")));
        Add("Family", job.Text("family_id"));
        Add("From", payload.Text("From"));
        Add("Text", payload.Text("Body"));
        Add("Took", job.Text("latency_ms", "ms"));
        Add("Cost", timeline.Dollars("cost_usd"));
        Add("Request", source.Text("request_id"));
        Add("Trace", source.Text("trace_id"));
        return grid;
    }

    private static string Status(JsonElement job) => Moment.Join(
        ", ",
        Moment.Join(": ", job.Text("status"), job.Text("status_reason")),
        job.Text("status") is "done" or "rejected" ? null : $"in {job.Text("current_phase")}",
        job.Number("retry_count") is > 0 and var failures ? $"{failures} failed attempts" : null,
        job.Number("generation") is > 0 and var replays ? $"replay {replays}" : null);

    private static Grid Body(IReadOnlyList<Moment> moments)
    {
        var grid = new Grid().AddColumn().AddColumn(new GridColumn().RightAligned()).AddColumn().AddColumn();
        foreach (var moment in moments)
        {
            grid.AddRow(
                new Text(moment.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                new Text("+" + Duration(moment.At - moments[0].At)),
                new Text(Screen.Clean(moment.Kind)),
                new Text(Screen.Clean(moment.What)));
        }

        return grid;
    }

    private static string? Advice(JsonElement timeline) => (timeline.Part("job").Text("status"), timeline.Text("message_sid")) switch
    {
        ("failed", var sid) => $"After the cause is fixed:  familypa replay {sid}",
        ("throttled" or "deferred", var sid) => $"To run it now:  familypa replay {sid}",
        (null, var sid) => $"After its sender was added to a family:  familypa replay {sid}",
        _ => null,
    };

    /// <summary>The log query of the last failed attempt, or else of the last attempt.</summary>
    private static string? Logs(JsonElement timeline)
    {
        var attempts = timeline.List("attempts");
        var told = attempts.LastOrDefault(attempt => attempt.Text("outcome") is "failed" or "abandoned");
        return (told.ValueKind is JsonValueKind.Object ? told : attempts.LastOrDefault()).Text("logs_url");
    }

    private static string Duration(TimeSpan time) => time.TotalMinutes < 1
        ? FormattableString.Invariant($"{time.TotalSeconds:0.000} s")
        : time.ToString(time.TotalDays < 1 ? @"h\:mm\:ss" : @"d\ \d\a\y\s\ h\:mm\:ss", CultureInfo.InvariantCulture);
}
