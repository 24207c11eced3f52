using FunctionsRuntime.Functions;

namespace FunctionsRuntime.Timers;

/// <summary>The listeners of all timer functions.</summary>
internal sealed class TimerListeners(IReadOnlyList<TimerSubscription> subscriptions, FunctionRunner runner)
{
    public Task RunAsync(CancellationToken stopping) =>
        Task.WhenAll(subscriptions.Select(subscription => new TimerListener(subscription, runner).RunAsync(stopping)));
}
