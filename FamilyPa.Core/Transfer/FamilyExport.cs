using System.Text;
using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Transfer;

/// <param name="Content">UTF-8.</param>
public sealed record ExportFile(byte[] Content, string ContentType, string Name);

/// <summary>Exports a family's data: all of it as JSON, or its tasks as CSV.</summary>
/// <remarks>Reads as the service, because members may not read all that is stored of them: the caller has checked whose family it is.</remarks>
public sealed class FamilyExport(Database database, TimeProvider clock)
{
    /// <summary>Columns that are secret, or that only the app's own work needs.</summary>
    private const string Without =
        "{family_id, phone_masked, token_hash, sending_id, idempotency_token, traceparent, trace_id, blob_name, attempt_id, upcoming, refill_on, chosen_at, last_inbound_at, signed_out_at}";

    /// <summary>What is exported. A test declares the tables that are not.</summary>
    private static readonly string[] Tables =
    [
        "family_members", "invitations", "tasks", "series", "clarifications", "chat_turns", "inbound_messages", "webhook_events", "media_files", "voice_transcriptions",
        "outbound_messages", "ai_usage", "budget_days", "family_budgets", "calendar_feeds",
    ];

    private static readonly string Sql =
        $"""
        select jsonb_build_object('exported_at', now(), 'family', to_jsonb(f), {string.Join(", ", Tables.Select(table =>
            $"'{table}', (select coalesce(jsonb_agg(to_jsonb(r) - '{Without}'::text[]), '[]') from {table} r where r.family_id = f.id)"))})::text
        from families f where f.id = $1
        """;

    public static IReadOnlyList<string> Formats { get; } = ["json", "csv"];

    /// <param name="actor">The operator or owner, whom the audit log names.</param>
    /// <returns>Null when there is no such family.</returns>
    public async Task<ExportFile?> ReadAsync(Guid familyId, string format, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Within(TimeSpan.FromMinutes(1)).Add(
            "insert into audit_log (actor, action, family_id, details, request_id) select $1, 'export_family', id, jsonb_build_object('format', $2::text), $3 from families where id = $4",
            actor.Name, format, actor.RequestId, familyId);
        var name = $"family-pa-{clock.GetUtcNow():yyyy-MM-dd}.{format}";
        if (format == "csv")
            return await ReadTasksAsync(batch, familyId, cancellation) is { } csv ? new ExportFile(csv, "text/csv; charset=utf-8", name) : null;
        batch.Add(Sql, familyId);
        return await batch.SingleAsync(row => row.GetString(0), cancellation) is { } json
            ? new ExportFile(Encoding.UTF8.GetBytes(json), "application/json", name)
            : null;
    }

    private static async Task<byte[]?> ReadTasksAsync(DatabaseBatch batch, Guid familyId, CancellationToken cancellation)
    {
        batch.Add(
            """
            select f.timezone, t.id, t.title, t.notes, t.category, array_to_string(assignee_names(t), '; '), t.due_at, t.due_all_day, t.remind_at, t.status, s.rule, t.created_at, t.completed_at
            from families f
            left join tasks t on t.family_id = f.id
            left join series s on s.id = t.series_id and s.ended_at is null and t.status in ('open', 'in_progress')
            where f.id = $1 order by t.created_at, t.id
            """,
            familyId);
        var rows = await batch.ListAsync(
            row =>
            {
                var zone = TimeZones.Get(row.GetString(0));
                return row.IsDBNull(1) ? [] : new[]
                {
                    row.GetGuid(1).ToString(), row.GetString(2), Text(3), Text(4), row.GetString(5), Moment(6, row.GetBoolean(7)), Moment(8), row.GetString(9), Text(10),
                    Moment(11), Moment(12),
                };

                string Text(int column) => row.IsDBNull(column) ? "" : row.GetString(column);

                string Moment(int column, bool isAllDay = false) =>
                    row.IsDBNull(column) ? "" : new DueDate(row.GetFieldValue<DateTimeOffset>(column), isAllDay).ToLocalText(zone);
            },
            cancellation);
        return rows.Count == 0 ? null : TaskFile.Write(rows.Where(row => row.Length > 0));
    }
}
