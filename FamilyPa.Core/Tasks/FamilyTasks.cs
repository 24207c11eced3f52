using System.Text.Json;
using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.Tasks;

/// <param name="Json">The task in the API's JSON form.</param>
/// <param name="Version">Increases with every change.</param>
public sealed record StoredTask(Guid Id, string Json, int Version);

/// <summary>The result of changing a task.</summary>
public abstract record TaskOutcome
{
    private TaskOutcome() { }

    public sealed record Changed(StoredTask Task) : TaskOutcome;

    /// <summary>Another request changed the task: its version is not the expected one.</summary>
    public sealed record Conflict(int Version) : TaskOutcome;

    /// <summary>The family has no such task.</summary>
    public sealed record Unknown : TaskOutcome;
}

/// <summary>The assignee is not a member of the family.</summary>
public sealed class UnknownAssigneeException() : Exception("The assignee is not in the family.");

/// <summary>Reads and changes single tasks for a member, in one round trip each.</summary>
public sealed class FamilyTasks(Database database, SeriesDates series)
{
    /// <returns>Null when the family has no such task.</returns>
    public async Task<StoredTask?> FindAsync(Identity member, Guid id, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select t.id, task_json(t)::text, t.version from tasks t where t.id = $1", id);
        return await batch.SingleAsync(Read, cancellation);
    }

    /// <param name="task">The fields, by column name.</param>
    /// <exception cref="UnknownAssigneeException"/>
    /// <exception cref="PostgresException">FP004: a different request used the same key.</exception>
    public async Task<StoredTask> CreateAsync(Identity member, IReadOnlyDictionary<string, object?> task, IdempotencyKey? key, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            "select id, task::text, version from create_task($1::jsonb, $2::text, $3::bytea)", JsonSerializer.Serialize(task), key?.Key, key?.RequestHash);
        var created = (await OfAssigneeAsync(() => batch.SingleAsync(Read, cancellation)))!;
        await FillAsync(task, cancellation);
        return created;
    }

    /// <param name="versions">Accepted versions of the task; null for any.</param>
    /// <param name="changes">The changed fields, by column name. A null value clears the field.</param>
    /// <exception cref="UnknownAssigneeException"/>
    public async Task<TaskOutcome> ChangeAsync(
        Identity member, Guid id, int[]? versions, IReadOnlyDictionary<string, object?> changes, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            "select id, task::text, version from change_task($1, $2::int[], $3::jsonb)", id, versions, JsonSerializer.Serialize(changes));
        var outcome = await OfAssigneeAsync(() => batch.SingleAsync<TaskOutcome>(
            row => row.IsDBNull(1) ? new TaskOutcome.Conflict(row.GetInt32(2)) : new TaskOutcome.Changed(Read(row)), cancellation)) ?? new TaskOutcome.Unknown();
        await FillAsync(changes, cancellation);
        return outcome;
    }

    /// <returns><c>deleted</c>, <c>not_allowed</c>, <c>version_conflict</c> or <c>unknown</c>.</returns>
    public async Task<string> DeleteAsync(Identity member, Guid id, int[]? versions, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select delete_task($1, $2::int[])", id, versions);
        return (await batch.SingleAsync(row => row.GetString(0), cancellation))!;
    }

    private Task FillAsync(IReadOnlyDictionary<string, object?> fields, CancellationToken cancellation) =>
        fields.ContainsKey("recurrence") ? series.FillAsync(cancellation) : Task.CompletedTask;

    private static async Task<T> OfAssigneeAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new UnknownAssigneeException();
        }
    }

    private static StoredTask Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetInt32(2));
}
