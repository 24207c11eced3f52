using FamilyPa.Core.Storage;
using NodaTime;
using Npgsql;

namespace FamilyPa.Core.Tasks;

/// <summary>Computes the next dates of series ahead of time, so that the statement that completes an occurrence also creates the next one.</summary>
/// <remarks>Runs after a series has been stored, and by timer. An occurrence that was completed or deleted in between gets its successor here.</remarks>
public sealed class SeriesDates(Database database, TimeProvider clock)
{
    private const int Ahead = 60;

    private const int MostAtOnce = 200;

    public async Task FillAsync(CancellationToken cancellation)
    {
        try
        {
            await FillDueAsync(cancellation);
        }
        catch (NpgsqlException)
        {
            // Stored dates stay, and the timer runs again in 30 s.
        }
    }

    private async Task FillDueAsync(CancellationToken cancellation)
    {
        await using var find = database.AsService().Add(
            "select id, rule, starts from series where ended_at is null and refill_on <= current_date order by refill_on limit $1", MostAtOnce);
        var series = await find.ListAsync(row => (Id: row.GetGuid(0), Rule: row.GetString(1), Starts: LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(2))), cancellation);
        if (series.Count == 0)
            return;

        // No zone's today is more than a day behind.
        var from = LocalDate.FromDateTime(clock.GetUtcNow().UtcDateTime).PlusDays(-1);
        await using var batch = database.AsService();
        foreach (var (id, rule, starts) in series)
        {
            DateOnly[] dates = [.. Recurrence.Parse(rule)?.After(starts).SkipWhile(date => date < from).Take(Ahead).Select(date => date.ToDateOnly()) ?? []];
            batch.Add("update series set upcoming = $2, refill_on = $3 where id = $1", id, dates, dates.Length < Ahead ? null : dates[Ahead / 2]);
        }

        batch.Add(
            """
            select add_occurrence(coalesce(l.last, jsonb_populate_record(null::tasks, jsonb_build_object('series_id', s))))
            from unnest($1::uuid[]) s left join lateral (select t as last from tasks t where t.series_id = s order by t.occurrence desc limit 1) l on true
            where coalesce((l.last).status, 'canceled') in ('done', 'canceled')
            """,
            series.Select(one => one.Id).ToArray());
        await batch.ExecuteAsync(cancellation);
    }
}
