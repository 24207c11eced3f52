using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Tasks;

/// <summary>A database, and what computes the dates of its series.</summary>
public sealed class SeriesWorld(TestEnvironment environment) : IAsyncLifetime
{
    private NpgsqlDataSource source = null!;

    public TestDatabase Database { get; private set; } = null!;

    public SeriesDates Dates => new(new Database(source), TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        Database = await environment.CreateDatabaseAsync();
        source = NpgsqlDataSource.Create(Database.AppConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await Database.DisposeAsync();
    }

    public Task<Guid> AddFamilyAsync(string zone) => Database.ScalarAsync<Guid>(
        "insert into families (name, timezone, locale) values ('Week', $1, 'en-GB') returning id", zone);

    /// <summary>Stores a recurring task that is due at a local date, or date and time.</summary>
    public async Task<Guid> AddAsync(Guid family, string rule, string first)
    {
        var task = await Database.ScalarAsync<Guid>(
            """
            insert into tasks (family_id, title, due_at, due_all_day, remind_at)
            select f.id, 'Bins', d, length($2) = 10, case when length($2) > 10 then d end
            from families f, lateral (select case when length($2) = 10 then ($2::date + time '23:59') at time zone f.timezone else local_instant($2::timestamp, f.timezone) end) due (d)
            where f.id = $1 returning id
            """,
            family, first);
        await Database.ScalarAsync<object?>("select repeat_task(t, $2, null) from tasks t where t.id = $1", task, rule);
        return await Database.ScalarAsync<Guid>("select series_id from tasks where id = $1", task);
    }

    public Task<int> CompleteAsync(Guid series) => Database.ExecuteAsync("update tasks set status = 'done' where series_id = $1 and status = 'open'", series);

    /// <summary>The series' occurrences by date, with their status.</summary>
    public async Task<IReadOnlyList<string>> OccurrencesAsync(Guid series) =>
        [.. (await Database.RowsAsync("select occurrence::text || ' ' || status as o from tasks where series_id = $1 order by occurrence", series)).Select(row => (string)row["o"]!)];
}
