using System.Globalization;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Tests.Extraction;

public class When_a_due_date_is_read
{
    private static readonly DateTimeZone London = DateTimeZoneProviders.Tzdb["Europe/London"];
    private static readonly DateTimeZone NewYork = DateTimeZoneProviders.Tzdb["America/New_York"];

    [Theory]
    [InlineData("2026-11-27T17:00", "2026-11-27T17:00:00+00:00")]
    [InlineData("2026-07-01T17:00:00", "2026-07-01T16:00:00+00:00")]
    [InlineData("2026-07-01 17:00", "2026-07-01T16:00:00+00:00")]
    [InlineData("2026-11-27T17:00:00Z", "2026-11-27T17:00:00+00:00")]
    [InlineData("2026-11-27T17:00:00-05:00", "2026-11-27T22:00:00+00:00")]
    [InlineData("2026-11-27T17:00+02:00", "2026-11-27T15:00:00+00:00")]
    public void A_time_is_the_familys_unless_it_names_its_offset(string text, string utc)
    {
        Assert.True(DueDate.TryParse(text, London, out var due));
        Assert.Equal(DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture), due.At);
        Assert.False(due.AllDay);
    }

    [Fact]
    public void A_day_without_a_time_ends_with_the_familys_day()
    {
        Assert.True(DueDate.TryParse("2026-11-23", NewYork, out var due));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 4, 59, 0, TimeSpan.Zero), due.At);
        Assert.True(due.AllDay);
    }

    [Theory]
    [InlineData("America/Santiago", "2026-04-04", "2026-04-05T03:59:00Z")]
    [InlineData("America/Santiago", "2026-09-05", "2026-09-06T03:59:00Z")]
    [InlineData("Africa/Cairo", "2026-10-29", "2026-10-29T21:59:00Z")]
    [InlineData("Africa/Cairo", "2026-04-23", "2026-04-23T21:59:00Z")]
    [InlineData("Europe/London", "2026-10-25", "2026-10-25T23:59:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-04-05", "2026-04-05T13:29:00Z")]
    public void A_day_ends_once_where_the_clocks_change_at_midnight(string zone, string text, string utc)
    {
        Assert.True(DueDate.TryParse(text, DateTimeZoneProviders.Tzdb[zone], out var due));
        Assert.Equal(DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture), due.At);
        Assert.Equal(text, due.ToLocalText(DateTimeZoneProviders.Tzdb[zone]));
    }

    [Fact]
    public void A_time_that_the_clock_skips_moves_forward_with_it()
    {
        Assert.True(DueDate.TryParse("2026-03-29T01:30", London, out var due));
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 1, 30, 0, TimeSpan.Zero), due.At);
    }

    [Fact]
    public void A_time_that_comes_twice_means_the_first()
    {
        Assert.True(DueDate.TryParse("2026-10-25T01:30", London, out var due));
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero), due.At);
    }

    [Theory]
    [InlineData("")]
    [InlineData("banana")]
    [InlineData("tomorrow")]
    [InlineData("2026-02-30")]
    [InlineData("2026-13-01T10:00")]
    [InlineData("2026-11-27T25:00")]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31")]
    [InlineData("0000-01-01")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:00-05:00")]
    [InlineData("2026-12-01T17:00:00+15:00")]
    public void What_is_no_date_is_refused(string text) => Assert.False(DueDate.TryParse(text, London, out _));
}
