using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Reminders;

public sealed class When_the_time_of_a_reminder_is_reckoned(TestEnvironment environment)
{
    /// <summary>Local times; the due time of a task for a day is the last minute of that day. Empty: never.</summary>
    private static readonly (string What, string Zone, string Created, string Due, bool AllDay, bool SelfSaid, string Expected)[] Cases =
    [
        ("half an hour before", "Europe/London", "2026-11-20 10:00", "2026-11-24 17:00", false, true, "2026-11-24 16:30"),
        ("a day's task in the morning", "Europe/London", "2026-11-20 10:00", "2026-11-24 23:59", true, true, "2026-11-24 08:00"),
        ("elsewhere in the family's zone", "Pacific/Auckland", "2026-11-20 10:00", "2026-11-24 23:59", true, true, "2026-11-24 08:00"),
        ("on the day the clock goes forward", "Europe/London", "2026-03-20 10:00", "2026-03-29 23:59", true, true, "2026-03-29 08:00"),
        ("early in the morning, when the night is over", "Europe/London", "2026-11-20 10:00", "2026-11-24 08:10", false, true, "2026-11-24 08:00"),
        ("at night, on the evening before it begins", "Europe/London", "2026-11-20 10:00", "2026-11-24 22:00", false, true, "2026-11-24 20:30"),
        ("before the night is over, on the evening before", "Europe/London", "2026-11-20 10:00", "2026-11-24 07:00", false, true, "2026-11-23 20:30"),
        ("at midnight, on the evening before", "Europe/London", "2026-11-20 10:00", "2026-11-24 00:10", false, true, "2026-11-23 20:30"),
        ("just after quiet hours begin", "Europe/London", "2026-11-20 10:00", "2026-11-24 21:30", false, true, "2026-11-24 20:30"),
        ("just before they do", "Europe/London", "2026-11-20 10:00", "2026-11-24 21:29", false, true, "2026-11-24 20:59"),
        ("too late, by another: at once", "Europe/London", "2026-11-24 16:50", "2026-11-24 17:00", false, false, "2026-11-24 16:50"),
        ("too late, by oneself: when it is due", "Europe/London", "2026-11-24 16:50", "2026-11-24 17:00", false, true, "2026-11-24 17:00"),
        ("too late in quiet hours: not at all", "Europe/London", "2026-11-24 22:00", "2026-11-25 07:00", false, false, ""),
        ("due in quiet hours and said late: not at all", "Europe/London", "2026-11-24 20:50", "2026-11-24 21:10", false, true, ""),
        ("a day's task of that day: not at all", "Europe/London", "2026-11-24 09:00", "2026-11-24 23:59", true, false, ""),
        ("overdue from the start: not at all", "Europe/London", "2026-11-24 17:10", "2026-11-24 17:00", false, false, ""),
        ("a zone that the server does not know is UTC", "Mars/Olympus", "2026-11-20 10:00", "2026-11-24 23:59", true, true, "2026-11-24 08:00"),
    ];

    [Fact]
    public async Task It_suits_the_task_and_the_night()
    {
        await using var database = await environment.CreateDatabaseAsync();
        foreach (var (what, zone, created, due, allDay, selfSaid, expected) in Cases)
        {
            var found = await database.ScalarAsync<string?>(
                """
                select to_char(reminder_at($1::timestamp at time zone zone_or_utc($6), $2, $3::timestamp at time zone zone_or_utc($6), $4, $6, $5, '08:00', '21:00', '08:00')
                  at time zone zone_or_utc($6), 'YYYY-MM-DD HH24:MI')
                """,
                due, allDay, created, selfSaid, TimeSpan.FromMinutes(30), zone);

            Assert.Equal((what, expected), (what, found ?? ""));
        }
    }

    [Theory]
    [InlineData("21:00", "08:00", "20:59", false)]
    [InlineData("21:00", "08:00", "21:00", true)]
    [InlineData("21:00", "08:00", "07:59", true)]
    [InlineData("21:00", "08:00", "08:00", false)]
    [InlineData("13:00", "15:00", "14:00", true)]
    [InlineData("13:00", "15:00", "16:00", false)]
    [InlineData("08:00", "08:00", "03:00", false)]
    public async Task Quiet_hours_may_go_over_midnight_or_not_or_be_none(string from, string until, string time, bool quiet)
    {
        await using var database = await environment.CreateDatabaseAsync();

        Assert.Equal(quiet, await database.ScalarAsync<bool>("select is_quiet($1::time, $2::time, $3::time)", time, from, until));
    }
}
