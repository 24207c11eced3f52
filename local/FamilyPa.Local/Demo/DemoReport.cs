using System.Globalization;
using Spectre.Console;

namespace FamilyPa.Local.Demo;

/// <summary>Prints the messages, tasks and replies as tables.</summary>
internal static class DemoReport
{
    public static void Show(IAnsiConsole console, IReadOnlyList<(DemoMessage Message, DemoTimeline Timeline)> sent)
    {
        var messages = Table("Message", "Said", "Answered", "Status", "First task", "Finished");
        var tasks = Table("From", "Task", "Due", "Review");
        var replies = Table("To", "Reply", "Status");
        foreach (var (message, timeline) in sent)
        {
            Add(messages, message.Kind, message.Said, $"HTTP {message.HttpStatus} in {Milliseconds(message.Answered)}", Status(timeline), Milliseconds(timeline.FirstTask), Milliseconds(timeline.Finished));
            foreach (var task in timeline.Tasks)
                Add(tasks, message.Kind, task.Title, Due(task), task.NeedsReview ? "yes" : "");
            foreach (var reply in timeline.Replies)
                Add(replies, message.Kind, reply.Body, reply.Status);
        }

        console.WriteLine();
        foreach (var table in new[] { messages, tasks, replies })
            console.Write(table);
        foreach (var (message, _) in sent)
            console.WriteLine($"{message.Kind}: {message.MessageSid}");
    }

    private static Table Table(params string[] columns) => new Table { Border = TableBorder.Rounded, ShowRowSeparators = true }.AddColumns(columns);

    private static void Add(Table table, params string[] cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);

    private static string Status(DemoTimeline timeline) =>
        timeline.Reason is null ? timeline.Status ?? "unknown" : $"{timeline.Status} ({timeline.Reason})";

    private static string Due(DemoTask task) =>
        task.Due?.ToString(task.AllDay ? "ddd d MMM yyyy" : "ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) ?? "";

    private static string Milliseconds(TimeSpan? time) => time is null ? "" : $"{time.Value.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms";
}
