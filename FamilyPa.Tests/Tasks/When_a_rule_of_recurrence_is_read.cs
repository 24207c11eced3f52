using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Tests.Tasks;

public class When_a_rule_of_recurrence_is_read
{
    [Theory]
    [InlineData("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO")]
    [InlineData("rrule:byday=mo; freq=weekly;", "FREQ=WEEKLY;BYDAY=MO")]
    [InlineData("FREQ=DAILY;UNTIL=20261225T235959Z", "FREQ=DAILY;UNTIL=20261225")]
    [InlineData("after_done=p3d", "AFTER_DONE=P3D")]
    public void It_is_normalised(string text, string rule) => Assert.Equal(rule, Recurrence.Parse(text)?.Rule);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("every Monday")]
    [InlineData("BYDAY=MO")]
    [InlineData("FREQ=HOURLY")]
    [InlineData("FREQ=MINUTELY;INTERVAL=5")]
    [InlineData("FREQ=DAILY;BYHOUR=8,9")]
    [InlineData("FREQ=DAILY;BYSECOND=1")]
    [InlineData("FREQ=DAILY;INTERVAL=0")]
    [InlineData("FREQ=DAILY;INTERVAL=1000")]
    [InlineData("FREQ=DAILY;COUNT=3;UNTIL=20261225")]
    [InlineData("FREQ=DAILY;COUNT=0")]
    [InlineData("FREQ=DAILY;UNTIL=20261345")]
    [InlineData("FREQ=DAILY;FREQ=DAILY")]
    [InlineData("FREQ=WEEKLY;BYDAY=1MO")]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=3")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("FREQ=DAILY\nX-EVIL:1")]
    [InlineData("DTSTART=20260101;FREQ=DAILY")]
    [InlineData("AFTER_DONE=PT3H")]
    [InlineData("AFTER_DONE=P0D")]
    public void What_is_no_rule_of_days_is_refused(string? text) => Assert.Null(Recurrence.Parse(text));

    [Fact]
    public void Its_first_date_is_on_that_day_or_after_it()
    {
        var day = new LocalDate(2026, 12, 1);

        Assert.Equal(new LocalDate(2026, 12, 7), Recurrence.Parse("FREQ=WEEKLY;BYDAY=MO")!.First(day));
        Assert.Equal(day, Recurrence.Parse("FREQ=DAILY")!.First(day));
        Assert.Equal(day, Recurrence.Parse("AFTER_DONE=P3D")!.First(day));
    }
}
