using System.CommandLine;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa dead-letters</c>: lists poison messages and their causes.</summary>
internal static class DeadLettersCommand
{
    public static Command Create()
    {
        var queue = new Option<string?>("--queue") { Description = "For example extract." };
        var cause = new Option<string?>("--cause") { Description = "For example ai_http_500, unreadable." };
        var message = new Option<string?>("--message") { Description = "The MessageSid." };
        var since = Times.Option("--since", "Stored then or later: 1h, 2d, or ISO 8601.");
        var until = Times.Option("--until", "Stored before then.");
        var limit = new Option<int>("--limit") { Description = "Maximum count, 1 to 1000.", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Continue after an earlier page." };
        var reveal = new Option<bool>("--reveal") { Description = "Also show bodies with message text. Recorded in the audit log." };
        var command = new Command("dead-letters", "List poison messages, the newest first.") { queue, cause, message, since, until, limit, cursor, reveal };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            (string Name, string? Value)[] fields =
            [
                ("queue", parsed.GetValue(queue)), ("cause", parsed.GetValue(cause)), ("message_sid", parsed.GetValue(message)),
                ("since", parsed.GetValue(since) is { } from ? Times.Iso(from) : null), ("until", parsed.GetValue(until) is { } to ? Times.Iso(to) : null),
                ("limit", $"{parsed.GetValue(limit)}"), ("cursor", parsed.GetValue(cursor)), ("reveal", parsed.GetValue(reveal) ? "true" : null),
            ];
            var answer = await api.DeadLettersAsync(
                fields.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!), cancellation);
            if (parsed.GetValue(GlobalOptions.Json))
                Screen.Json(answer);
            else
                Show(answer);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Show(DeadLettersAnswer answer)
    {
        if (answer.DeadLetters.Count == 0)
        {
            Screen.Note("No dead letters.");
            return;
        }

        var table = Screen.Table("Stored", "Queue", "Cause", "Message", "Job status", "Body");
        foreach (var letter in answer.DeadLetters)
            table.Row(letter.CreatedAt, letter.Queue, letter.Cause, letter.MessageSid, letter.JobStatus, letter.Body ?? $"… ({letter.BodyLength} characters)");
        Screen.Out.Write(table);
        if (answer.NextCursor is not null)
            Screen.Note($"Next page: --cursor {answer.NextCursor}");
    }
}
