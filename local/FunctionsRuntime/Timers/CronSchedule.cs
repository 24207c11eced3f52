using NCrontab;

namespace FunctionsRuntime.Timers;

/// <summary>A cron schedule, in UTC like the platform's.</summary>
internal sealed class CronSchedule(CrontabSchedule schedule)
{
    public static CronSchedule Parse(string text, string function)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 };
        return CrontabSchedule.TryParse(text, options) is { } schedule
            ? new CronSchedule(schedule)
            : throw new InvalidOperationException($"Function '{function}': the schedule '{text}' is not a cron expression.");
    }

    public DateTime Next(DateTime after) => schedule.GetNextOccurrence(after);

    /// <summary>Whether two ticks can be less than a minute apart. Those have no monitor.</summary>
    public bool IsUnderAMinute(DateTime now)
    {
        var next = Next(now);
        for (var i = 0; i < 10; i++)
        {
            var following = Next(next);
            if (following - next < TimeSpan.FromMinutes(1))
                return true;

            next = following;
        }

        return false;
    }
}
