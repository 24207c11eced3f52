using System.Globalization;
using FamilyPa.Core.Tasks;
using FamilyPa.Local;
using NodaTime;
using NodaTime.Text;

namespace FamilyPa.Tests.Tasks;

public sealed class When_a_task_recurs(SeriesWorld world) : IClassFixture<SeriesWorld>
{
    private static string Today(int days = 0) => LocalDatePattern.Iso.Format(SystemClock.Instance.GetCurrentInstant().InUtc().Date.PlusDays(days));

    /// <remarks>Dates by dateutil, instants by Python's zoneinfo: skipped times move forward, of repeated ones the first.</remarks>
    [Fact]
    public async Task Fifty_rules_give_their_next_five_dates_in_three_zones_over_both_changes_of_the_clocks()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "FamilyPa.Tests/Tasks/recurrences.tsv"), TestContext.Current.CancellationToken);
        var rows = lines.Skip(1).Select(line => line.Split('\t')).ToList();
        Assert.True(rows.Count >= 150);
        List<Guid> series = [];
        foreach (var zone in rows.GroupBy(row => row[3]))
        {
            var family = await world.AddFamilyAsync(zone.Key);
            foreach (var row in zone)
                series.Add(await world.AddAsync(family, Recurrence.Parse(row[1])!.Rule, row[2]));
        }

        await world.Dates.FillAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
            await world.Database.ExecuteAsync("update tasks set status = 'done' where series_id = any ($1) and status = 'open'", series);

        var expected = rows.GroupBy(row => row[3]).SelectMany(zone => zone).ToList();
        for (var i = 0; i < expected.Count; i++)
        {
            var due = await world.Database.RowsAsync("select due_at from tasks where series_id = $1 order by occurrence offset 1", series[i]);
            var got = string.Join(' ', due.Select(row => ((DateTime)row["due_at"]!).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)));
            Assert.Equal($"{expected[i][0]}, {expected[i][3]}: {expected[i][4]}", $"{expected[i][0]}, {expected[i][3]}: {got}");
        }

        Assert.False(await world.Database.ScalarAsync<bool>(
            "select exists (select from tasks where series_id = any ($1) and remind_at is distinct from case when not due_all_day then due_at end)", series));
    }

    [Fact]
    public async Task Members_who_complete_it_at_once_create_one_next_occurrence()
    {
        var series = await AddAsync("FREQ=DAILY", Today());

        var task = await world.Database.ScalarAsync<Guid>("select id from tasks where series_id = $1", series);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Database.ExecuteAsync("update tasks set status = 'done' where id = $1", task)));

        Assert.Equal([$"{Today()} done", $"{Today(1)} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task An_occurrence_that_is_completed_before_the_dates_are_computed_gets_its_next_one_later_and_once()
    {
        var family = await world.AddFamilyAsync("UTC");
        var series = await world.AddAsync(family, "FREQ=DAILY", Today());
        await world.CompleteAsync(series);
        Assert.Equal([$"{Today()} done"], await world.OccurrencesAsync(series));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => world.Dates.FillAsync(TestContext.Current.CancellationToken)));

        Assert.Equal([$"{Today()} done", $"{Today(1)} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task An_only_occurrence_that_is_deleted_before_the_dates_are_computed_is_followed_by_the_next()
    {
        var series = await world.AddAsync(await world.AddFamilyAsync("UTC"), "FREQ=DAILY", Today());
        await world.Database.ExecuteAsync("delete from tasks where series_id = $1", series);

        await world.Dates.FillAsync(TestContext.Current.CancellationToken);
        Assert.Equal([$"{Today(1)} open"], await world.OccurrencesAsync(series));

        await world.CompleteAsync(series);
        Assert.Equal([$"{Today(1)} done", $"{Today(2)} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task A_first_time_that_the_clocks_skip_is_kept_for_the_following_ones()
    {
        var zone = DateTimeZoneProviders.Tzdb["Europe/London"];
        Assert.True(DueDate.TryParse("2032-03-28T01:30", zone, out var due));
        var family = await world.AddFamilyAsync(zone.Id);
        var task = await world.Database.ScalarAsync<Guid>("insert into tasks (family_id, title, due_at) values ($1, 'Feed', $2) returning id", family, due.At.ToUniversalTime());
        await world.Database.ScalarAsync<object?>("select repeat_task(t, 'FREQ=DAILY', null, p_said_time => $2) from tasks t where t.id = $1", task, due.Skipped!.Value.ToTimeOnly());
        await world.Dates.FillAsync(TestContext.Current.CancellationToken);

        await world.Database.ExecuteAsync("update tasks set status = 'done' where family_id = $1", family);

        Assert.Equal(
            ["28 02:30", "29 01:30"],
            (await world.Database.RowsAsync("select to_char(due_at at time zone 'Europe/London', 'DD HH24:MI') as at from tasks where family_id = $1 order by due_at", family)).Select(row => row["at"]));
    }

    [Fact]
    public async Task Whichever_of_completion_and_computation_is_first_there_is_one_next_occurrence()
    {
        var family = await world.AddFamilyAsync("UTC");
        for (var i = 0; i < 20; i++)
        {
            var series = await world.AddAsync(family, "FREQ=DAILY", Today());
            await Task.WhenAll(world.CompleteAsync(series), world.Dates.FillAsync(TestContext.Current.CancellationToken));
            Assert.Equal([$"{Today()} done", $"{Today(1)} open"], await world.OccurrencesAsync(series));
        }
    }

    [Fact]
    public async Task Reopening_takes_the_next_occurrence_back_unless_somebody_changed_it()
    {
        var series = await AddAsync("FREQ=DAILY", Today());
        await world.CompleteAsync(series);

        await world.Database.ExecuteAsync("update tasks set status = 'open' where series_id = $1 and status = 'done'", series);
        Assert.Equal([$"{Today()} open"], await world.OccurrencesAsync(series));

        await world.CompleteAsync(series);
        await world.Database.ExecuteAsync("update tasks set notes = 'mine' where series_id = $1 and status = 'open'", series);
        await world.Database.ExecuteAsync("update tasks set status = 'open' where series_id = $1 and status = 'done'", series);
        Assert.Equal([$"{Today()} open", $"{Today(1)} open"], await world.OccurrencesAsync(series));

        await world.Database.ExecuteAsync("update tasks set status = 'done' where series_id = $1 and occurrence = $2::date", series, Today(1));
        Assert.Equal([$"{Today()} open", $"{Today(1)} done"], await world.OccurrencesAsync(series));
        await world.CompleteAsync(series);
        Assert.Equal([$"{Today()} done", $"{Today(1)} done", $"{Today(2)} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task Dates_that_are_over_are_left_out()
    {
        var series = await AddAsync("FREQ=DAILY", Today(-10));

        await world.CompleteAsync(series);

        Assert.Equal([$"{Today(-10)} done", $"{Today()} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task A_canceled_or_deleted_occurrence_is_skipped()
    {
        var series = await AddAsync("FREQ=DAILY", Today());

        await world.Database.ExecuteAsync("update tasks set status = 'canceled' where series_id = $1", series);
        await world.Database.ExecuteAsync("delete from tasks where series_id = $1 and status = 'open'", series);

        Assert.Equal([$"{Today()} canceled", $"{Today(2)} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task The_last_date_ends_it()
    {
        var series = await AddAsync("FREQ=DAILY;COUNT=2", Today());
        await world.CompleteAsync(series);
        await world.CompleteAsync(series);

        Assert.Equal([$"{Today()} done", $"{Today(1)} done"], await world.OccurrencesAsync(series));
    }

    [Theory]
    [InlineData("AFTER_DONE=P3D", 3)]
    [InlineData("AFTER_DONE=P2W", 14)]
    public async Task It_is_due_again_some_time_after_it_was_done(string rule, int days)
    {
        var series = await AddAsync(rule, Today(-5));

        await world.CompleteAsync(series);

        Assert.Equal([$"{Today(-5)} done", $"{Today(days)} open"], await world.OccurrencesAsync(series));
    }

    [Fact]
    public async Task Another_rule_starts_another_series_and_leaves_what_was_done()
    {
        var series = await AddAsync("FREQ=DAILY", Today());
        await world.CompleteAsync(series);

        await world.Database.ScalarAsync<object?>("select repeat_task(t, 'FREQ=WEEKLY', null) from tasks t where series_id = $1 and status = 'open'", series);
        await world.Dates.FillAsync(TestContext.Current.CancellationToken);
        var next = await world.Database.ScalarAsync<Guid>("select series_id from tasks where family_id = (select family_id from series where id = $1) and status = 'open'", series);
        await world.CompleteAsync(next);

        Assert.Equal([$"{Today()} done"], await world.OccurrencesAsync(series));
        Assert.Equal([$"{Today(1)} done", $"{Today(8)} open"], await world.OccurrencesAsync(next));
    }

    [Fact]
    public async Task A_family_goes_with_its_series()
    {
        var series = await AddAsync("FREQ=DAILY", Today());
        await world.CompleteAsync(series);

        await world.Database.ExecuteAsync("delete from families where id = (select family_id from series where id = $1)", series);

        Assert.Empty(await world.OccurrencesAsync(series));
    }

    private async Task<Guid> AddAsync(string rule, string first)
    {
        var series = await world.AddAsync(await world.AddFamilyAsync("UTC"), rule, first);
        await world.Dates.FillAsync(TestContext.Current.CancellationToken);
        return series;
    }
}
