using FunctionsRuntime.Functions;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Timers;

/// <summary>
/// The ticks of one timer function, one at a time. A call that outlasts its next tick is followed by one call at once.
/// Being alone on the machine it needs no lease, and it remembers nothing over a restart: no tick is ever past due.
/// </summary>
internal sealed class TimerListener(TimerSubscription subscription, FunctionRunner runner)
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private ScheduleStatus status = new();

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            if (subscription.Trigger.RunOnStartup)
                await Tick(stopping);

            status.Next = subscription.Schedule.Next(DateTime.UtcNow);
            while (true)
            {
                await Until(status.Next, stopping);
                await Tick(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task Tick(CancellationToken stopping)
    {
        var now = DateTime.UtcNow;
        var isMonitored = subscription.Trigger.UseMonitor && !subscription.Schedule.IsUnderAMinute(now);
        var timer = new TimerInfo { ScheduleStatus = isMonitored ? status : null };
        await runner.RunAsync(new Invocation(subscription.Function, runner.Scopes, stopping) { Timer = timer, Reason = $"Timer fired at {now:O}" });
        // A clock that wakes a little early must not give the same tick twice.
        var last = status.Next > now && status.Next - now < TimeSpan.FromSeconds(1) ? status.Next : now;
        status = new ScheduleStatus { Last = last, Next = subscription.Schedule.Next(last), LastUpdated = last };
    }

    /// <summary>In short steps, so that a changed clock or a machine that slept is noticed.</summary>
    private static async Task Until(DateTime time, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        for (var left = time - DateTime.UtcNow; left > TimeSpan.Zero; left = time - DateTime.UtcNow)
            await Task.Delay(left < Step ? left : Step, stopping);
    }
}
