using NCrontab;

namespace FunctionsHost.Timers;

/// <summary>
/// The ticks of one timer function, one at a time, in UTC. A call that outlasts its next tick is followed by one call at once. Being alone it needs no lease,
/// and it remembers nothing over a restart: no tick is ever past due.
/// </summary>
internal sealed class TimerListener
{
    /// <summary>What a call is given. The schedule's status is kept nowhere.</summary>
    public const string Tick = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly FunctionDefinition function;
    private readonly CrontabSchedule schedule;
    private readonly Invoker invoker;

    public TimerListener(FunctionDefinition function, string? scheduleInstead, Invoker invoker)
    {
        this.function = function;
        this.invoker = invoker;
        var text = scheduleInstead ?? function.Schedule;
        schedule = CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 })
            ?? throw new FunctionsHostException($"The schedule of the function '{function.Name}' is not a cron expression: {text}");
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var next = schedule.GetNextOccurrence(DateTime.UtcNow);
            while (true)
            {
                // In short steps, so that a changed clock or a machine that slept is noticed.
                for (var left = next - DateTime.UtcNow; left > TimeSpan.Zero; left = next - DateTime.UtcNow)
                    await Task.Delay(left < Step ? left : Step, stopping);
                await invoker.RunAsync(function, new TypedData { Json = Tick }, $"Timer fired at {DateTime.UtcNow:O}", stopping);
                // A clock that wakes a little early must not give the same tick twice.
                next = schedule.GetNextOccurrence(DateTime.UtcNow > next ? DateTime.UtcNow : next);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops or pauses.
        }
    }
}
