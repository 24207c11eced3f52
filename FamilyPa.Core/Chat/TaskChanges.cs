using System.Text.Json;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using Npgsql;

namespace FamilyPa.Core.Chat;

/// <summary>Applies what a message does to existing tasks of its sender's family. Repeating it changes nothing and tells the same.</summary>
public static class TaskChanges
{
    /// <summary>Whether the sender has to confirm the changes: more than one task would be deleted.</summary>
    public static bool NeedConfirmation(IEnumerable<TaskChange> changes) => changes.Count(change => change.Operation == TaskOperations.Delete) > 1;

    /// <summary>Adds the statement that applies the changes. The batch must have stored the message's row of <c>chat_turns</c> before; read it with <see cref="ReadAsync"/>.</summary>
    public static DatabaseBatch Add(DatabaseBatch batch, LeasedJob claim, IReadOnlyList<TaskChange> changes) => batch.Add(
        """
        select c.task_id, c.operation, c.outcome, n.due_at, n.due_all_day,
               coalesce($4 = any (coalesce(nullif(t.assignees, '{}'), array[t.created_by])), false) as is_senders
        from apply_changes($1, $2, $3::jsonb) c
        left join tasks t on t.id = c.task_id
        left join next_occurrence(c.task_id) n on c.operation in ('complete', 'skip')
        """,
        claim.MessageSid, claim.Family.Id, JsonSerializer.Serialize(changes.Select(change => ToRow(change, claim))), claim.Sender.UserId);

    /// <summary>Executes the batch, and tells of each change what became of it.</summary>
    public static async Task<IReadOnlyList<ChangedTask>> ReadAsync(
        DatabaseBatch batch, LeasedJob claim, IReadOnlyList<TaskChange> changes, CancellationToken cancellation)
    {
        var rows = await batch.ListAsync(
            row => (
                Key: (row.Get<Guid>("task_id"), row.Get<string>("operation")), Outcome: row.Get<string>("outcome"),
                IsSenders: row.Get<bool>("is_senders"), Next: row.ReadDue()),
            cancellation);
        var outcomes = rows.ToLookup(row => row.Key);
        // After a replay the model may see other changes in the message than those that were made.
        return [.. changes.SelectMany(change => outcomes[(change.TaskId, change.Operation)].Take(1), (change, row) =>
        {
            var told = Describe(change, row.Outcome, claim.Family);
            return told with
            {
                Next = row.Next,
                IsSenders = change.Assignees is { Count: > 0 } ? told.Assignees.Any(member => member.UserId == claim.Sender.UserId) : row.IsSenders,
            };
        })];
    }

    /// <summary>The change as it would be told, had it been made.</summary>
    public static ChangedTask Describe(TaskChange change, string outcome, Family family) => new(
        change.Operation, outcome, change.NewTitle ?? change.Title, Date(change.DueAt, family), family.FindAll(change.Assignees), Date(change.RemindAt, family)?.At,
        Recurrence.Parse(change.Rule))
    { List = change.Category };

    private static object ToRow(TaskChange change, LeasedJob claim)
    {
        var family = claim.Family;
        var due = Date(change.DueAt, family);
        return new
        {
            task = change.TaskId,
            operation = change.Operation,
            title = change.NewTitle,
            notes = change.Notes,
            due_at = due?.At.ToUniversalTime(),
            due_all_day = due?.AllDay,
            // A time of day that was said is when to remind.
            remind_at = (Date(change.RemindAt, family) ?? due) is { AllDay: false } at ? at.At.ToUniversalTime() : (DateTimeOffset?)null,
            assignees = family.FindAll(change.Assignees) is { Count: > 0 } assignees ? assignees.Select(member => member.UserId) : null,
            category = change.Category,
            clear = change.Clear ?? [],
            said_time = due?.Skipped?.ToTimeOnly(),
            recurrence = change.Rule,
            first = Recurrence.Parse(change.Rule)?.First(family.DayOf(claim.ReceivedAt)).ToDateOnly(),
        };
    }

    /// <summary>Reads the columns of <c>next_occurrence</c>.</summary>
    internal static DueDate? ReadDue(this NpgsqlDataReader row) =>
        row.Get<DateTimeOffset?>("due_at") is { } at ? new DueDate(at, row.Get<bool>("due_all_day")) : null;

    private static DueDate? Date(string? text, Family family) => text is not null && DueDate.TryParse(text, family.TimeZone, out var date) ? date : null;
}
