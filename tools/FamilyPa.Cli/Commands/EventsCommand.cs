using System.CommandLine;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa events</c>: finds messages.</summary>
internal static class EventsCommand
{
    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "Maximum count, 1 to 1000.", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Continue after an earlier page." };
        var command = new Command("events", "Find messages, the newest first.");
        var filter = new FilterOptions().AddTo(command);
        command.Add(limit);
        command.Add(cursor);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var query = filter.Read(parsed);
            query["limit"] = $"{parsed.GetValue(limit)}";
            if (parsed.GetValue(cursor) is { } after)
                query["cursor"] = after;
            var answer = await api.EventsAsync(query, cancellation);
            if (parsed.GetValue(GlobalOptions.Json))
                Screen.Json(answer);
            else
                Show(answer);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Show(EventsAnswer answer)
    {
        if (answer.Events.Count == 0)
        {
            Screen.Note("No message matches.");
            return;
        }

        var table = Screen.Table("Message", "Received", "From", "Status", "Reason", "Phase", "Error", "Retries", "Replays", "Took", "Cost");
        foreach (var row in answer.Events)
        {
            table.Row(
                row.MessageSid, row.ReceivedAt, row.Phone, row.Status, row.StatusReason, row.Phase, row.ErrorCode, row.RetryCount, row.Generation,
                row.LatencyMs is { } took ? $"{took} ms" : "", row.CostUsd > 0 ? FormattableString.Invariant($"${row.CostUsd:0.######}") : "");
        }

        Screen.Out.Write(table);
        if (answer.NextCursor is not null)
            Screen.Note($"Next page: --cursor {answer.NextCursor}");
    }
}
