using System.Text.Json;

namespace FamilyPa.Cli.Output;

/// <summary>An entry of a timeline.</summary>
internal sealed record Moment(DateTimeOffset At, string Kind, string What)
{
    /// <summary>The entries of a timeline in the order of time.</summary>
    public static IReadOnlyList<Moment> Of(JsonElement timeline)
    {
        var moments = new List<Moment>();
        void Add(string kind, DateTimeOffset? at, params string?[] parts)
        {
            if (at is { } time)
                moments.Add(new Moment(time, kind, Join(", ", parts)));
        }

        foreach (var received in (JsonElement[])[timeline.Part("event"), timeline.Part("unmatched")])
            Add("received", received.Time("received_at"), received.Text("source"), received.Text("reason"), received.Text("size_bytes", "bytes"));
        foreach (var state in timeline.List("states"))
            Add("state", state.Time("at"), Join(" -> ", state.Text("from"), state.Text("to")), state.Text("reason"), Replay(state));
        foreach (var attempt in timeline.List("attempts"))
        {
            Add(
                "attempt", attempt.Time("ended_at") ?? attempt.Time("created_at"),
                $"{attempt.Text("phase")}, attempt {attempt.Text("attempt_number")}: {attempt.Text("outcome")}", attempt.Text("latency_ms", "ms"),
                Join(": ", attempt.Text("error_code"), attempt.Text("error_message")));
        }

        foreach (var file in timeline.List("media"))
        {
            Add(
                "media", file.Time("created_at"), $"part {file.Text("ordinal")}", file.Text("content_type") ?? file.Text("declared_type"),
                file.Text("size_bytes", "bytes"), file.Text("seconds", "s"), file.Text("reason"));
        }

        foreach (var heard in timeline.List("transcripts"))
            Add("transcript", heard.Time("created_at"), $"part {heard.Text("ordinal")}", heard.Text("language"), heard.Text("seconds", "s"), heard.Text("transcript"));
        foreach (var usage in timeline.List("ai_usage"))
        {
            Add(
                "ai", usage.Time("created_at"), $"{usage.Text("phase")} by {usage.Text("deployment")}", usage.Text("input_tokens", "tokens in"),
                usage.Text("output_tokens", "out"), usage.Text("audio_seconds", "s of audio"), usage.Dollars("cost_usd"));
        }

        foreach (var reservation in timeline.Part("limits").List("reservations"))
        {
            Add(
                "budget", reservation.Time("created_at"), $"{reservation.Dollars("amount_usd")} reserved for {reservation.Text("phase")}", reservation.Text("status"),
                reservation.Dollars("cost_usd") is { } cost ? $"{cost} counted" : null);
        }

        foreach (var notice in timeline.Part("limits").List("notifications"))
            Add("limit", notice.Time("since"), $"{notice.Text("kind")} since then", notice.Text("notified_at") is null ? "sender not notified yet" : "sender notified");
        foreach (var task in timeline.List("tasks"))
        {
            Add(
                "task", task.Time("created_at"), task.Text("title"), task.Text("due_at") is { } due ? $"due {due}" : null, task.Text("status"),
                task.Flag("needs_review") ? "needs review" : null);
        }

        foreach (var question in timeline.Part("clarifications").List("asked"))
            Add("question", question.Time("asked_at"), question.Text("question"), question.Text("answered_by") is { } by ? $"answered by {by}" : "not answered");
        foreach (var question in timeline.Part("clarifications").List("answered"))
            Add("answer", question.Time("answered_at"), $"to {question.Text("message_sid")}");
        foreach (var reply in timeline.List("replies"))
        {
            Add(
                "reply", reply.Time("sent_at") ?? reply.Time("created_at"), $"{reply.Text("kind")} {reply.Text("status")}",
                reply.Text("delivery_status"), reply.Text("error_code"), reply.Text("provider_sid"), reply.Text("body"));
        }

        foreach (var letter in timeline.List("poison"))
            Add("dead letter", letter.Time("created_at"), $"{letter.Text("queue")}: {letter.Text("cause")}");
        foreach (var action in timeline.List("audit"))
        {
            var details = action.Part("details");
            Add(
                action.Text("actor") ?? "operator", action.Time("created_at"), action.Text("action"),
                details.Text("from_phase") is { } phase ? $"from {phase}" : null, details.Text("outcome"));
        }

        return [.. moments.OrderBy(moment => moment.At)];
    }

    public static string Join(string between, params string?[] parts) => string.Join(between, parts.Where(part => !string.IsNullOrEmpty(part)));

    private static string? Replay(JsonElement state) => state.Number("generation") is > 0 and var generation ? $"replay {generation}" : null;
}
