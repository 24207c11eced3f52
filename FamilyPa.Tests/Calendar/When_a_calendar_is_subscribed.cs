using System.Globalization;
using System.Text;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.FamilyApi;
using FamilyPa.Tests.Infrastructure;
using NodaTime;

namespace FamilyPa.Tests.Calendar;

public sealed class When_a_calendar_is_subscribed(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily family = null!;
    private MemberClient owner = null!;
    private MemberClient member = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "member");
        (owner, member) = (await App.SignInAsync(family.Of("owner")), await App.SignInAsync(family.Of("member")));
    }

    [Fact]
    public async Task Another_library_reads_what_each_task_is()
    {
        var timed = await AddAsync(new { title = "Dentist; with Tom, at 5\\6", notes = "Bring:\nthe \"card\"", category = "health", due_at = "2032-06-01T17:30" });
        var day = await AddAsync(new { title = "Return books", due_at = "2032-10-31", assignee = family.Of("member").UserId });
        var said = await AddAsync(new { title = "Cake", due_at = "2032-07-01T12:00Z", remind_at = "2032-06-30T18:00" });
        await owner.PatchAsync($"/api/tasks/{said.Id}", new { title = "Birthday cake" });
        await AddAsync(new { title = "No date" });
        var done = await AddAsync(new { title = "Bins", due_at = "2032-08-01T06:00Z" });
        await owner.PatchAsync($"/api/tasks/{done.Id}", new { status = "done" });
        var canceled = await AddAsync(new { title = "Piano", due_at = "2032-09-01T06:00Z" });
        await owner.PatchAsync($"/api/tasks/{canceled.Id}", new { status = "canceled" });

        var answer = await ReadAsync(await RenewAsync(owner, "family"));
        var read = await ICalendar.ReadAsync(answer.Body);

        Assert.Equal((200, "text/calendar"), (answer.Status, answer.ContentType));
        Assert.Equal(("2.0", "The Smiths", "PT1H", null), (read.Version, read.Name, read.Refresh, read.Method));
        Assert.Empty(read.Others);
        Assert.Equal(["Dentist; with Tom, at 5\\6", "Birthday cake", "✓ Bins", "Return books (member 1)"], read.Events.Select(one => one.Summary));
        Assert.Equal([timed.Id, said.Id, done.Id, day.Id], read.Events.Select(one => one.Uid));
        var (dentist, cake, bins, books) = (read.Events[0], read.Events[1], read.Events[2], read.Events[3]);
        // British summer time is an hour ahead.
        Assert.Equal((false, "2032-06-01T16:30:00.000Z", "2032-06-01T17:00:00.000Z", "UTC"), (dentist.AllDay, dentist.Start, dentist.End, dentist.Zone));
        Assert.Equal(("Bring:\nthe \"card\"", "health", "CONFIRMED", "-PT30M"), (dentist.Description, dentist.Categories, dentist.Status, dentist.Alarm));
        // The clocks go back on this day.
        Assert.Equal((true, "2032-10-31", "2032-11-01", null), (books.AllDay, books.Start, books.End, books.Alarm));
        Assert.Equal(("-PT19H", 2), (cake.Alarm, cake.Sequence));
        Assert.Equal((null, 2), (bins.Alarm, bins.Sequence));
        Assert.All(read.Events, one => Assert.Equal(one.Stamp, one.Modified));
        Assert.All(answer.Body.Split("\r\n"), line => Assert.True(Encoding.UTF8.GetByteCount(line) <= 75, line));
        Assert.DoesNotContain('\n', answer.Body.Replace("\r\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recurring_task_shows_its_next_time_and_those_that_follow_over_the_change_of_clocks()
    {
        var pill = await AddAsync(new { title = "Pill", due_at = "2032-03-26T18:00", recurrence = "FREQ=DAILY;COUNT=5" });
        await owner.PatchAsync($"/api/tasks/{pill.Id}", new { due_at = "2032-03-26T20:00", title = "Pill, later" });
        await AddAsync(new { title = "Class", due_at = "2032-03-25T09:00", recurrence = "FREQ=WEEKLY;BYDAY=TH;UNTIL=20320408" });
        await AddAsync(new { title = "Rent", due_at = "2032-04-30", recurrence = "FREQ=MONTHLY;BYMONTHDAY=-1" });
        await AddAsync(new { title = "Dust", due_at = "2032-04-30", recurrence = "AFTER_DONE=P3D" });

        var answer = await ReadAsync(await RenewAsync(owner, "family"));
        var read = await ICalendar.ReadAsync(answer.Body);

        Assert.Equal(["vtimezone"], read.Others);
        Assert.Equal(["Class", "Pill, later", "Dust", "Rent"], read.Events.Where(one => one.Occurrences.Count == 0).Select(one => one.Summary).Order(StringComparer.Ordinal).OrderBy(title => title is "Dust" or "Rent"));
        var (pills, classes, rents) = (Following("Pill"), Following("Class"), Following("Rent"));
        Assert.Equal(["2032-03-27T18:00:00.000Z", "2032-03-28T17:00:00.000Z", "2032-03-29T17:00:00.000Z", "2032-03-30T17:00:00.000Z"], pills.Occurrences);
        Assert.Equal(("Europe/London", "-PT30M"), (pills.Zone, pills.Alarm));
        Assert.Equal(["2032-04-01T08:00:00.000Z", "2032-04-08T08:00:00.000Z"], classes.Occurrences);
        Assert.Equal(["2032-05-31", "2032-06-30", "2032-07-31", "2032-08-31", "2032-09-30"], rents.Occurrences);

        ICalendarEvent Following(string title) => Assert.Single(read.Events, one => one.Summary == title && one.Occurrences.Count > 0);
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/GMT-3")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Pacific/Auckland")]
    public async Task It_recurs_at_the_familys_time_of_day_in_any_zone(string zone)
    {
        await App.Database.ExecuteAsync("update families set timezone = $2 where id = $1", family.Id, zone);
        await AddAsync(new { title = "Pill", due_at = "2032-04-02T23:45", recurrence = "FREQ=DAILY;UNTIL=20320405" });

        var read = await ICalendar.ReadAsync((await ReadAsync(await RenewAsync(owner, "family"))).Body);

        Assert.Equal(
            Enumerable.Range(3, 3).Select(day => new LocalDateTime(2032, 4, day, 23, 45).InZoneLeniently(DateTimeZoneProviders.Tzdb[zone]).ToDateTimeUtc()),
            read.Events[1].Occurrences.Select(at => DateTimeOffset.Parse(at, CultureInfo.InvariantCulture).UtcDateTime));
    }

    [Theory]
    [InlineData("Ⓐ🧁é, long: ")]
    [InlineData("line\r\nEND:VEVENT\r\nBEGIN:VALARM\r\n")]
    [InlineData("a\\n;,:\"' \\\\N^n ")]
    public async Task Whatever_is_written_stays_text(string part)
    {
        var notes = string.Concat(Enumerable.Repeat(part, 30)).TrimEnd();
        await AddAsync(new { title = "A", notes, due_at = "2032-06-01" });

        var read = await ICalendar.ReadAsync((await ReadAsync(await RenewAsync(owner, "mine"))).Body);

        var only = Assert.Single(read.Events);
        var stored = await App.Database.ScalarAsync<string>("select notes from tasks where family_id = $1", family.Id);
        Assert.Equal(stored.ReplaceLineEndings("\n"), only.Description!.ReplaceLineEndings("\n"));
        Assert.Empty(read.Others);
        Assert.Null(only.Alarm);
    }

    [Fact]
    public async Task My_tasks_are_those_of_which_I_am_reminded()
    {
        await AddAsync(new { title = "Mine", due_at = "2032-06-01" });
        await AddAsync(new { title = "Theirs", due_at = "2032-06-02", assignee = family.Of("member").UserId });

        var (mine, theirs) = (await ICalendar.ReadAsync((await ReadAsync(await RenewAsync(owner, "mine"))).Body), await ICalendar.ReadAsync((await ReadAsync(await RenewAsync(member, "mine"))).Body));

        Assert.Equal(("The Smiths: my tasks", "Mine"), (mine.Name, Assert.Single(mine.Events).Summary));
        Assert.Equal("Theirs", Assert.Single(theirs.Events).Summary);
    }

    [Fact]
    public async Task It_is_read_again_only_when_something_changed()
    {
        var task = await AddAsync(new { title = "Bins", due_at = "2032-06-01" });
        var path = await RenewAsync(owner, "family");
        var tag = (await ReadAsync(path)).Headers["ETag"];

        var same = await ReadAsync(path, ("If-None-Match", tag));
        await owner.PatchAsync($"/api/tasks/{task.Id}", new { title = "Bins out" });
        var changed = await ReadAsync(path, ("If-None-Match", tag));

        Assert.Equal((304, "", tag), (same.Status, same.Body, same.Headers["ETag"]));
        Assert.Equal((200, "no-cache, private"), (changed.Status, changed.Headers["Cache-Control"]));
        Assert.Contains("Bins out", changed.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_is_shown_once_and_stored_as_a_hash()
    {
        var path = await RenewAsync(owner, "family");

        var list = await owner.GetAsync("/api/calendar-feeds");

        Assert.Empty(ApiDocument.Mistakes(list.Json, "CalendarFeedList"));
        Assert.Equal([("mine", false), ("family", true)], list.Json.GetProperty("feeds").EnumerateArray().Select(feed => (feed.Text("scope")!, feed.Text("created_at") != "")));
        Assert.DoesNotContain(path.Split('/')[^1], list.Body, StringComparison.Ordinal);
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from calendar_feeds where family_id = $1 and token_hash = sha256(convert_to($2, 'UTF8'))", family.Id, path.Split('/')[^1]));
        Assert.DoesNotContain(path.Split('/')[^1], App.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(path.Split('/')[^1][..^4], App.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_former_a_revoked_and_a_guessed_address_are_answered_alike()
    {
        await AddAsync(new { title = "PRIVATE", due_at = "2032-06-01" });
        var former = await RenewAsync(owner, "family");
        var revoked = await RenewAsync(owner, "mine");
        var current = await RenewAsync(owner, "family");
        Assert.Equal(204, (await owner.DeleteAsync("/api/calendar-feeds/mine")).Status);

        Assert.Contains("PRIVATE", (await ReadAsync(current)).Body, StringComparison.Ordinal);
        string[] wrong =
        [
            former, revoked, current[..^4], current.ToUpperInvariant().Replace("/API/CALENDAR/", "/api/calendar/", StringComparison.Ordinal), $"{current[..^5]}A.ics", "/api/calendar/x.ics",
            $"/api/calendar/{Guid.Empty}", "/api/calendar/'%20or%201=1", $"/api/calendar/{new string('A', 2000)}",
        ];
        foreach (var path in wrong.Where(path => path != current))
        {
            var answer = await ReadAsync(path);
            Assert.True(answer.Status == 404 && answer.Body.Contains("unknown_calendar", StringComparison.Ordinal), $"{path}: {answer.Status} {answer.Body}");
        }
    }

    [Fact]
    public async Task An_address_ends_with_the_membership_and_with_signing_out_everywhere()
    {
        var (theirs, ours) = (await RenewAsync(member, "family"), await RenewAsync(owner, "family"));

        await owner.DeleteAsync($"/api/members/{family.Of("member").UserId}");
        using var revoked = await App.Operator.DeleteAsync($"/api/admin/families/{family.Id}/members/{family.Of("owner").UserId}/sessions", Cancellation);

        Assert.Equal((404, 404), ((await ReadAsync(theirs)).Status, (await ReadAsync(ours)).Status));
    }

    [Fact]
    public async Task It_never_has_another_familys_tasks()
    {
        var other = await App.AddFamilyAsync("owner");
        var them = await App.SignInAsync(other.Of("owner"));
        await them.PostAsync("/api/tasks", new { title = "THEIRS", due_at = "2032-06-01" });
        await AddAsync(new { title = "OURS", due_at = "2032-06-01" });
        var (ours, theirs) = (await RenewAsync(owner, "family"), await RenewAsync(them, "family"));

        Assert.DoesNotContain("THEIRS", (await ReadAsync(ours)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("OURS", (await ReadAsync(theirs)).Body, StringComparison.Ordinal);

        // Even a feed that claims another family than its member's shows nothing: row security has the last word.
        await using var connection = await App.Database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"set session_replication_role = replica; update calendar_feeds set family_id = '{other.Id}' where family_id = '{family.Id}'; reset session_replication_role";
        await command.ExecuteNonQueryAsync(Cancellation);
        Assert.Equal(404, (await ReadAsync(ours)).Status);
    }

    [Fact]
    public async Task One_address_cannot_read_for_ever()
    {
        var path = await RenewAsync(owner, "family");
        await App.Database.ExecuteAsync(
            "insert into sign_in_counts (scope, key, began_at, count) select 'calendar_of_address', '203.0.113.77', date_bin('10 minutes', now() + i * interval '10 minutes', 'epoch'), 1000 from generate_series(0, 1) i");

        var limited = await ReadAsync(path, ("Client-IP", "203.0.113.77"));

        Assert.Equal((429, "too_many_reads", "600"), (limited.Status, limited.Code(), limited.Headers["Retry-After"]));
        Assert.Equal(200, (await ReadAsync(path)).Status);
    }

    private async Task<(string Id, string Title)> AddAsync(object task)
    {
        var added = await owner.PostAsync("/api/tasks", task);
        Assert.True(added.Status == 201, added.Body);
        return (added.Json.Text("id")!, added.Json.Text("title")!);
    }

    /// <summary>The path of the feed's new address.</summary>
    private static async Task<string> RenewAsync(MemberClient who, string scope)
    {
        var renewed = await who.PostAsync($"/api/calendar-feeds/{scope}", new { });
        Assert.Equal(201, renewed.Status);
        Assert.Empty(ApiDocument.Mistakes(renewed.Json, "CalendarAddress"));
        return new Uri(renewed.Json.Text("url")!).AbsolutePath;
    }

    private Task<Answer> ReadAsync(string path, params (string, string)[] headers) => new MemberClient(App, null).GetAsync(path, headers);
}
