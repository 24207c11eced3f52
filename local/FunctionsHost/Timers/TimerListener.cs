using NCrontab;

namespace FunctionsHost.Timers;

/// <summary>
/// Runs a timer function on its schedule in UTC, one call at a time. A call that lasts beyond the next occurrence is followed by one call at once. The schedule is not
/// stored, so no occurrence is ever past due after a restart.
/// </summary>
internal sealed class TimerListener(FunctionDefinition function, string? scheduleInstead, Invoker invoker)
{
    /// <summary>The trigger data of each call, without a schedule status.</summary>
    public const string Tick = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly CrontabSchedule schedule = Parse(scheduleInstead ?? function.Schedule, function.Name);

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var next = schedule.GetNextOccurrence(DateTime.UtcNow);
            while (true)
            {
                // Short steps detect clock changes and sleep of the machine.
                for (var left = next - DateTime.UtcNow; left > TimeSpan.Zero; left = next - DateTime.UtcNow)
                    await Task.Delay(left < Step ? left : Step, stopping);
                await invoker.RunAsync(function, new TypedData { Json = Tick }, $"Timer fired at {DateTime.UtcNow:O}", stopping);
                // A delay that ends early must not repeat the same occurrence.
                next = schedule.GetNextOccurrence(DateTime.UtcNow > next ? DateTime.UtcNow : next);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops or pauses.
        }
    }

    private static CrontabSchedule Parse(string text, string function) =>
        CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 })
        ?? throw new FunctionsHostException($"The schedule of the function '{function}' is not a cron expression: {text}");
}
