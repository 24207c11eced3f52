using FunctionsRuntime.Functions;
using FunctionsRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Timers;

/// <summary>A timer function and its schedule, its setting looked up. <c>FUNCTIONS_RUNTIME_SCHEDULE</c> takes the place of every schedule.</summary>
internal sealed record TimerSubscription(LoadedFunction Function, TimerTriggerAttribute Trigger, CronSchedule Schedule)
{
    public static IReadOnlyList<TimerSubscription> Of(FunctionCatalog catalog, IConfiguration configuration) =>
    [
        .. from timer in catalog.TriggeredBy<TimerTriggerAttribute>()
           let schedule = configuration["FUNCTIONS_RUNTIME_SCHEDULE"] ?? SettingNames.Resolve(timer.Trigger.Schedule, configuration, timer.Function.Name)
           select new TimerSubscription(timer.Function, timer.Trigger, CronSchedule.Parse(schedule, timer.Function.Name)),
    ];
}
