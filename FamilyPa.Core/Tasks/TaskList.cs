using System.Globalization;
using System.Text;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Tasks;

/// <summary>Reads a family's tasks page by page.</summary>
public sealed class TaskList(Database database)
{
    /// <summary>The cursor's time for rows whose sort column is null.</summary>
    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    /// <returns>Each task as JSON.</returns>
    public async Task<Page<string>> ReadAsync(Identity member, TaskFilter filter, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member);
        Add(batch, filter);
        var rows = await batch.ListAsync(
            row => (Json: row.GetString(0), Cursor: new PageCursor(row.IsDBNull(1) ? Never : row.GetFieldValue<DateTimeOffset>(1), row.GetGuid(2).ToString("D"))),
            cancellation);
        var page = Page.Of(rows, filter.Limit, row => row.Cursor);
        return new Page<string>([.. page.Rows.Select(row => row.Json)], page.Next);
    }

    /// <remarks>
    /// The SQL contains only the requested conditions, and statuses as literals, so that PostgreSQL can use partial indexes.
    /// Only the rows of the page become JSON.
    /// </remarks>
    private static void Add(DatabaseBatch batch, TaskFilter filter)
    {
        var sql = new StringBuilder("with page as materialized (select t.* from tasks t where t.family_id = (select my_family())");
        List<object?> values = [];
        if (filter.Statuses is { } statuses)
            sql.Append(CultureInfo.InvariantCulture, $" and t.status in ({string.Join(", ", statuses.Where(TaskStatuses.All.Contains).Select(status => $"'{status}'"))})");
        if (filter.Unassigned)
            sql.Append(" and t.assignee is null");
        if (filter.Undated)
            sql.Append(" and t.due_at is null");
        Where(filter.Assignee, "{0} = any (t.assignees)");
        Where(filter.NeedsReview, "t.needs_review = {0}");
        Where(filter.DueBefore, "t.due_at < {0}");
        Where(filter.DueAfter, "t.due_at >= {0}");
        Where(filter.UpdatedSince, "t.updated_at >= {0}");
        Where(filter.Category, "t.category = {0}");
        Where(
            filter.Text is { } text ? $"%{Escaped(text)}%" : null,
            $"""
            ({Plain("t.title")} ilike {Plain("{0}")} or {Plain("t.notes")} ilike {Plain("{0}")} or t.assignees && array(
              select m.user_id from family_members m
              where m.family_id = t.family_id and {Plain("m.display_name || ' ' || array_to_string(m.nicknames, ' ')")} ilike {Plain("{0}")}))
            """);
        var (column, direction) = filter.Order switch
        {
            TaskOrder.Created => ("created_at", "desc nulls last"),
            TaskOrder.Updated => ("updated_at", "desc nulls last"),
            TaskOrder.Completed => ("completed_at", "desc nulls last"),
            _ => ("due_at", "asc nulls last"),
        };
        After(column, filter.Order == TaskOrder.Due ? ">" : "<");
        var order = $"{column} {direction}, id {direction}";
        sql.Append(CultureInfo.InvariantCulture, $" order by t.{column} {direction}, t.id {direction} limit {filter.Limit + 1})");
        sql.Append(CultureInfo.InvariantCulture, $" select task_json(p::tasks)::text, p.{column}, p.id from page p order by {order}");
        batch.Add(sql.ToString(), [.. values]);

        void Where(object? value, string condition)
        {
            if (value is not null)
                sql.Append(" and ").AppendFormat(CultureInfo.InvariantCulture, condition, Parameter(value));
        }

        string Parameter(object value)
        {
            values.Add(value);
            return $"${values.Count}";
        }

        void After(string by, string beyond)
        {
            if (filter.After is not { } after)
                return;
            var id = Parameter(Guid.Parse(after.Key));
            if (after.At == Never)
            {
                sql.Append(CultureInfo.InvariantCulture, $" and t.{by} is null and t.id {beyond} {id}");
                return;
            }

            var at = Parameter(after.At);
            sql.Append(CultureInfo.InvariantCulture, $" and (t.{by} {beyond} {at} or (t.{by} = {at} and t.id {beyond} {id}) or t.{by} is null)");
        }
    }

    /// <summary>SQL for a text without its accents.</summary>
    private static string Plain(string text) => $@"regexp_replace(normalize({text}, nfkd), '[\u0300-\u036f]', '', 'g')";

    private static string Escaped(string text) => text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");
}
