using FunctionsRuntime.Functions;
using FunctionsRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Timers;

/// <summary>The listeners of all timer functions.</summary>
internal sealed class TimerListeners(FunctionCatalog catalog, IConfiguration configuration, FunctionRunner runner)
{
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(listeners.Select(listener => listener.RunAsync(stopping)));

    private readonly List<TimerListener> listeners =
    [
        .. from timer in catalog.TriggeredBy<TimerTriggerAttribute>()
           let schedule = SettingNames.Resolve(timer.Trigger.Schedule, configuration, timer.Function.Name)
           select new TimerListener(timer.Function, timer.Trigger, CronSchedule.Parse(schedule, timer.Function.Name), runner),
    ];
}
