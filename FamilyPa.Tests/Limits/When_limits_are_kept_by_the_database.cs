using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using NodaTime;
using Npgsql;

namespace FamilyPa.Tests.Limits;

public sealed class When_limits_are_kept_by_the_database(TestEnvironment environment) : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        database = await environment.CreateDatabaseAsync();
        await DemoFamily.SeedAsync(database.AdminConnectionString, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(100)]
    public async Task Many_at_once_take_exactly_what_a_window_has_room_for(int limit)
    {
        var taken = await ManyAsync(limit + 60, Take("2026-11-25T08:00Z"), limit);

        Assert.Equal(limit, taken.Count(permit => permit is true));
        Assert.Equal(limit, await database.ScalarAsync<int>("select sum(counted)::int from rate_counters where scope = 'hour'"));
        // A new window has all of it again, and one who still counts in the old one does not take it back.
        Assert.Equal(limit, (await ManyAsync(limit, Take("2026-11-25T09:00Z"), limit)).Count(permit => permit is true));
        Assert.Equal([false], (await ManyAsync(1, Take("2026-11-25T08:00Z"), limit)).Cast<bool>());
    }

    [Theory]
    [InlineData("hour", 1)]
    [InlineData("hour", 40)]
    [InlineData("day", 3)]
    public async Task Ten_times_a_limit_is_stored_and_the_rest_is_only_counted(string window, int limit)
    {
        await using var connection = await database.OpenAsync();
        var outcomes = new List<string>();
        for (var n = 0; n < 11 * limit; n++)
        {
            await using var command = new NpgsqlCommand(
                """
                select outcome from accept_message(
                  jsonb_populate_record(null::received_message, jsonb_build_object(
                    'message_sid', 'SM' || md5($1::text), 'from_address', $2, 'phone', $2, 'to_address', '+15005550006', 'body', 'buy milk', 'num_media', 0,
                    'form', '{}'::jsonb, 'size_bytes', 0, 'phase', 'extract', 'source', 'webhook')),
                  row(10000, $3, $4, 100, 1000)::rate_limits)
                """,
                connection);
            foreach (var value in (object[])[n, DemoFamily.Owner.Phone, window == "hour" ? limit : 10000, window == "day" ? limit : 10000])
                command.Parameters.AddWithValue(value);
            outcomes.Add((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        }

        Assert.Equal([("accepted", limit), ("throttled", 9 * limit), ("dropped", limit)], outcomes.CountBy(outcome => outcome).Select(group => (group.Key, group.Value)));
    }

    [Fact]
    public async Task Many_at_once_reserve_no_more_than_a_budget()
    {
        var reserved = await ManyAsync(100, "select (reserve_budget($1, '2026-11-25', 1.00, 0.03)).day is not null", DemoFamily.FamilyId);

        Assert.Equal(33, reserved.Count(row => row is true));
        Assert.Equal(0.99m, await database.ScalarAsync<decimal>("select reserved_usd from budget_days where family_id = $1", DemoFamily.FamilyId));
        Assert.Equal([false], (await ManyAsync(1, "select (reserve_budget($1, '2026-11-26', 1.00, 1.01)).day is not null", DemoFamily.FamilyId)).Cast<bool>());
    }

    [Fact]
    public async Task A_familys_next_day_begins_at_its_midnight_whatever_its_clocks_do_there()
    {
        string[] zones =
        [
            "Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12",
            // Clocks change at midnight, or back over it; half an hour; a whole day.
            "America/Havana", "Africa/Cairo", "Asia/Beirut", "America/Asuncion", "America/Santiago", "Atlantic/Azores", "America/Scoresbysund", "Australia/Lord_Howe", "Pacific/Apia",
        ];
        foreach (var id in zones)
        {
            var zone = DateTimeZoneProviders.Tzdb[id];
            foreach (var at in Moments(zone))
            {
                var expected = StartOfDay(zone, at.InZone(zone).Date.PlusDays(1));
                var found = await database.ScalarAsync<DateTime>("select next_local_midnight($1, $2)", id, at.ToDateTimeUtc());
                Assert.True(expected == Instant.FromDateTimeUtc(found), $"{id} at {at}: {found:O} instead of {expected}");
            }
        }

        Assert.Equal(
            new DateTime(2026, 11, 26, 0, 0, 0, DateTimeKind.Utc),
            await database.ScalarAsync<DateTime>("select next_local_midnight('Mars/Olympus', '2026-11-25T08:00Z')"));
    }

    private static Instant StartOfDay(DateTimeZone zone, LocalDate date)
    {
        try
        {
            return zone.AtStartOfDay(date).ToInstant();
        }
        catch (SkippedTimeException)
        {
            return StartOfDay(zone, date.PlusDays(1));
        }
    }

    /// <summary>Around every change of its clocks from 2024 to 2027; for Samoa also the day that it left out.</summary>
    private static IEnumerable<Instant> Moments(DateTimeZone zone)
    {
        var from = zone.Id == "Pacific/Apia" ? Instant.FromUtc(2011, 12, 1, 0, 0) : Instant.FromUtc(2024, 1, 1, 0, 0);
        var until = zone.Id == "Pacific/Apia" ? Instant.FromUtc(2012, 1, 10, 0, 0) : Instant.FromUtc(2027, 1, 1, 0, 0);
        var changes = zone.GetZoneIntervals(from, until).Where(interval => interval.HasStart && interval.Start > from).Select(interval => interval.Start).Append(from + Duration.FromHours(11));
        int[] minutes = [-2885, -1500, -1445, -1435, -725, -125, -65, -55, -35, -1, 0, 1, 25, 35, 55, 65, 125, 725, 1435];
        return changes.SelectMany(change => minutes.Select(minute => change + Duration.FromMinutes(minute)));
    }

    private static string Take(string hour) =>
        $"select full_window is null from take_permits(array[('hour', '', null, '{hour}', '{hour}', $1, 16)]::rate_window[], true)";

    /// <summary>So many at once, each on a connection of its own and as the app's role.</summary>
    private async Task<IReadOnlyList<object?>> ManyAsync(int count, string sql, object parameter)
    {
        await using var source = NpgsqlDataSource.Create(database.AppConnectionString + ";Maximum Pool Size=20");
        return await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new("set local role service_role"));
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = parameter } } });
            await using var reader = await batch.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            await reader.ReadAsync(TestContext.Current.CancellationToken);
            return reader.IsDBNull(0) ? null : reader.GetValue(0);
        }));
    }
}
