using System.Text.Json;
using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using Npgsql;

namespace FamilyPa.Core.Transfer;

/// <param name="TasksPresent">Tasks of the file that the family has already; they stay as they are.</param>
public sealed record ImportResult(bool DryRun, int TasksAdded, int TasksPresent, int SeriesAdded);

/// <summary>Rows of the file are invalid, so nothing is imported.</summary>
public sealed class InvalidRowsException(IDictionary<string, string[]> rows) : Exception("Rows are invalid.")
{
    /// <summary>What is wrong, by the row's place in the file.</summary>
    public IDictionary<string, string[]> Rows { get; } = rows;
}

/// <summary>Adds tasks and series from an exported file, or one that a family made: all of them or none, and each once.</summary>
/// <remarks>Writes as the service, because members may set neither ids nor times: the caller has checked whose family it is.</remarks>
public sealed class TaskImport(Database database, SeriesDates series, TimeProvider clock)
{
    private const int MostRows = 10_000;
    private const int MostMessages = 100;

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <param name="by">The owner who imports; null for an operator.</param>
    /// <param name="actor">Whom the audit log names.</param>
    /// <returns>Null when there is no such family.</returns>
    /// <exception cref="TransferFormatException"/>
    /// <exception cref="InvalidRowsException"/>
    public async Task<ImportResult?> RunAsync(Guid familyId, Guid? by, byte[] file, bool isCsv, bool isDryRun, Actor actor, CancellationToken cancellation)
    {
        var (taskRows, seriesRows) = TaskFile.Read(file, isCsv);
        if (taskRows.Count + seriesRows.Count is 0 or > MostRows)
            throw new TransferFormatException($"Send 1 to {MostRows} tasks and series.");
        if (await FamilyAsync(familyId, cancellation) is not { } family)
            return null;

        var rows = new TaskRows(family, family.DayOf(clock.GetUtcNow()), by);
        List<ImportedSeries> readSeries = [.. seriesRows.Select(rows.ReadSeries)];
        List<ImportedTask> readTasks = [.. taskRows.Select(rows.ReadTask)];
        Check(rows.Wrong);

        await using var batch = database.AsService().Within(TimeSpan.FromMinutes(1))
            .Add(
                "select tasks_added, series_added, taken from import_tasks($1, $2::jsonb, $3::jsonb, $4)",
                familyId, JsonSerializer.Serialize(readSeries, Snake), JsonSerializer.Serialize(readTasks, Snake), isDryRun)
            .Add(
                "insert into audit_log (actor, action, family_id, details, request_id) values ($1, 'import_tasks', $2, jsonb_build_object('tasks', $3::int, 'dry_run', $4::boolean), $5)",
                actor.Name, familyId, readTasks.Count, isDryRun, actor.RequestId);
        var (added, seriesAdded, taken) = await StoreAsync(batch, cancellation);
        Check(seriesRows.Zip(readSeries, (row, read) => (row.Place, read.Id)).Concat(taskRows.Zip(readTasks, (row, read) => (row.Place, read.Id)))
            .Where(read => taken.Contains(read.Id)).ToDictionary(read => read.Place, _ => (string[])["id: cannot be used"]));
        if (!isDryRun)
            await series.FillAsync(cancellation);
        return new ImportResult(isDryRun, added, readTasks.Count - added, seriesAdded);
    }

    private static async Task<(int Tasks, int Series, Guid[] Taken)> StoreAsync(DatabaseBatch batch, CancellationToken cancellation)
    {
        try
        {
            return await batch.SingleAsync(row => (row.GetInt32(0), row.GetInt32(1), row.GetFieldValue<Guid[]>(2)), cancellation);
        }
        // Data exceptions, and what a constraint refuses: a member who left meanwhile.
        catch (PostgresException e) when (e.SqlState.StartsWith("22", StringComparison.Ordinal) || e.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            throw new TransferFormatException("A value of the file cannot be stored.");
        }
    }

    private static void Check(Dictionary<string, string[]> wrong)
    {
        if (wrong.Count > 0)
            throw new InvalidRowsException(wrong.Take(MostMessages).ToDictionary());
    }

    private async Task<Family?> FamilyAsync(Guid familyId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select f.timezone, f.locale, m.user_id, m.display_name, m.nicknames from families f left join family_members m on m.family_id = f.id where f.id = $1", familyId);
        var rows = await batch.ListAsync(
            row => (Zone: row.GetString(0), Locale: row.GetString(1),
                Member: row.IsDBNull(2) ? null : new Member(row.GetGuid(2), row.GetString(3), OptedOut: false) { Nicknames = row.GetFieldValue<string[]>(4) }),
            cancellation);
        return rows is [var (zone, locale, _), ..] ? new Family(familyId, TimeZones.Get(zone), locale, [.. rows.Select(row => row.Member).OfType<Member>()]) : null;
    }
}
