using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace FamilyPa.Cli.Output;

/// <summary>One message's story for people: where it stands, then everything that happened, in the order of time.</summary>
internal static class Timeline
{
    public static void Show(JsonElement story)
    {
        Screen.Out.Write(Head(story));
        Screen.Line();
        Screen.Out.Write(Moments(story));
        if (Advice(story) is { } advice)
        {
            Screen.Line();
            Screen.Line(advice);
        }
    }

    private static Grid Head(JsonElement story)
    {
        var job = story.Part("job");
        var source = story.Part("event") is { ValueKind: JsonValueKind.Object } stored ? stored : story.Part("unmatched");
        var payload = source.Part("payload");
        var grid = new Grid().AddColumn().AddColumn();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                grid.AddRow(new Text(name), new Text(Screen.Clean(value)));
        }

        Add("Message", story.Text("message_sid"));
        Add("Status", job.ValueKind == JsonValueKind.Object ? Status(job) : "unmatched: its sender is in no family");
        Add("Error", Join(": ", job.Text("error_code"), job.Text("error_message")));
        Add("Family", job.Text("family_id"));
        Add("From", payload.Text("From"));
        Add("Text", payload.Text("Body"));
        Add("Took", job.Text("latency_ms") is { } took ? $"{took} ms" : null);
        Add("Cost", Dollars(story.Part("cost_usd")));
        Add("Request", source.Text("request_id"));
        Add("Trace", source.Text("trace_id"));
        return grid;
    }

    private static string Status(JsonElement job) =>
        Join(", ", Join(": ", job.Text("status"), job.Text("status_reason")),
            job.Text("status") is "done" or "rejected" ? null : $"in {job.Text("current_phase")}",
            job.Number("retry_count") is > 0 and var retries ? $"{retries} attempts failed" : null,
            job.Number("generation") is > 0 and var replays ? $"{replays} replays" : null)!;

    private static Grid Moments(JsonElement story)
    {
        var moments = Read(story).Where(moment => moment.At != default).OrderBy(moment => moment.At).ToList();
        var grid = new Grid().AddColumn().AddColumn(new GridColumn().RightAligned()).AddColumn().AddColumn();
        foreach (var moment in moments)
        {
            grid.AddRow(
                new Text(moment.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                new Text("+" + Duration(moment.At - moments[0].At)),
                new Text(moment.Kind),
                new Text(Screen.Clean(moment.What)));
        }

        return grid;
    }

    private static IEnumerable<Moment> Read(JsonElement story)
    {
        foreach (var name in (string[])["event", "unmatched"])
            if (story.Part(name) is { ValueKind: JsonValueKind.Object } received)
                yield return new(received.Time("received_at"), "received", Join(", ", received.Text("source"), received.Text("reason"), received.Text("size_bytes") is { } size ? $"{size} bytes" : null));
        foreach (var state in story.List("states"))
            yield return new(state.Time("at"), "state", Join(" ", Join(" -> ", state.Text("from"), state.Text("to")), Parenthesis(state.Text("reason")), Replay(state)));
        foreach (var attempt in story.List("attempts"))
            yield return new(
                attempt.Time("ended_at") is { Ticks: > 0 } ended ? ended : attempt.Time("created_at"), "attempt",
                Join(" ", $"{attempt.Text("phase")}, attempt {attempt.Text("attempt_number")}: {attempt.Text("outcome")}",
                    attempt.Text("latency_ms") is { } took ? $"after {took} ms" : null, Join(": ", attempt.Text("error_code"), attempt.Text("error_message"))));
        foreach (var file in story.List("media"))
            yield return new(file.Time("created_at"), "media", Join(", ", $"part {file.Text("ordinal")}", file.Text("content_type") ?? file.Text("declared_type"), file.Text("size_bytes") is { } size ? $"{size} bytes" : null, file.Text("seconds") is { } length ? $"{length} s" : null, file.Text("reason")));
        foreach (var transcript in story.List("transcripts"))
            yield return new(transcript.Time("created_at"), "transcript", Join(", ", $"part {transcript.Text("ordinal")}", transcript.Text("language"), $"{transcript.Text("seconds")} s", transcript.Text("transcript")));
        foreach (var usage in story.List("ai_usage"))
            yield return new(usage.Time("created_at"), "ai", $"{usage.Text("phase")} by {usage.Text("deployment")}: {usage.Text("input_tokens")} tokens in, {usage.Text("output_tokens")} out, {usage.Text("audio_seconds")} s of audio, {Dollars(usage.Part("cost_usd"))}");
        foreach (var task in story.List("tasks"))
            yield return new(task.Time("created_at"), "task", Join(", ", task.Text("title"), task.Text("due_at") is { } due ? $"due {due}" : null, task.Text("status"), task.Part("needs_review").ValueKind is JsonValueKind.True ? "needs review" : null));
        foreach (var question in story.Part("clarifications").List("asked"))
            yield return new(question.Time("asked_at"), "question", Join(", ", question.Text("question"), question.Text("answered_by") is { } by ? $"answered by {by}" : "not answered"));
        foreach (var question in story.Part("clarifications").List("answered"))
            yield return new(question.Time("answered_at"), "answer", $"to {question.Text("message_sid")}");
        foreach (var reply in story.List("replies"))
            yield return new(reply.Time("sent_at") is { Ticks: > 0 } sent ? sent : reply.Time("created_at"), "reply", Join(", ", $"{reply.Text("kind")} {reply.Text("status")}", reply.Text("delivery_status"), reply.Text("error_code"), reply.Text("provider_sid"), reply.Text("body")));
        foreach (var letter in story.List("poison"))
            yield return new(letter.Time("created_at"), "given up", $"{letter.Text("queue")}: {letter.Text("cause")}");
        foreach (var action in story.List("audit"))
            yield return new(action.Time("created_at"), action.Text("actor") ?? "operator", Join(" ", action.Text("action"), action.Part("details").Text("from_phase") is { } phase ? $"from {phase}" : null, Parenthesis(action.Part("details").Text("outcome"))));
    }

    private static string? Advice(JsonElement story)
    {
        var sid = story.Text("message_sid");
        return story.Part("job").Text("status") switch
        {
            "failed" => $"Once the cause is repaired:  familypa replay {sid}",
            "throttled" or "deferred" => $"To have it done now:  familypa replay {sid}",
            null => $"Once its sender is in a family:  familypa replay {sid}",
            _ => null,
        };
    }

    private static string? Replay(JsonElement state) => state.Number("generation") is > 0 and var generation ? $"[replay {generation}]" : null;

    private static string? Parenthesis(string? text) => string.IsNullOrEmpty(text) ? null : $"({text})";

    private static string Join(string between, params string?[] parts) => string.Join(between, parts.Where(part => !string.IsNullOrEmpty(part)));

    private static string? Dollars(JsonElement amount) => amount.ValueKind is JsonValueKind.Number ? FormattableString.Invariant($"${amount.GetDecimal():0.######}") : null;

    private static string Duration(TimeSpan time) => time.TotalMinutes < 1
        ? FormattableString.Invariant($"{time.TotalSeconds:0.000} s")
        : time.ToString(time.TotalDays < 1 ? @"h\:mm\:ss" : @"d\ \d\a\y\s\ h\:mm\:ss", CultureInfo.InvariantCulture);

    private static JsonElement Part(this JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var part) ? part : default;

    private static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static string? Text(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } part ? part.ToString() : null;

    private static long? Number(this JsonElement element, string name) => element.Part(name) is { ValueKind: JsonValueKind.Number } part ? part.GetInt64() : null;

    private static DateTimeOffset Time(this JsonElement element, string name) =>
        element.Part(name) is { ValueKind: JsonValueKind.String } part && part.TryGetDateTimeOffset(out var time) ? time : default;

    private sealed record Moment(DateTimeOffset At, string Kind, string What);
}
