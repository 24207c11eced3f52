using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.Probe;

public sealed class TimerFunctions(Calls calls)
{
    [Function("EverySecond")]
    public async Task EverySecond([TimerTrigger("* * * * * *")] TimerInfo timer, CancellationToken cancellation) =>
        // Longer than to the next tick.
        await calls.RunAsync($"tick {timer.ScheduleStatus is null} {timer.IsPastDue}", () => Task.Delay(TimeSpan.FromSeconds(1.2), cancellation));

    [Function("Hanging")]
    public Task Hanging([TimerTrigger("* * * * * *")] TimerInfo timer) => calls.RunAsync("hang", () => Task.Delay(Timeout.Infinite));

    [Function("Nightly")]
    public void Nightly([TimerTrigger("%PROBE_NIGHTLY%")] TimerInfo timer) => calls.Add($"nightly {timer.ScheduleStatus is null}");

    [Function("Failing")]
    public void Failing([TimerTrigger("* * * * * *")] TimerInfo timer)
    {
        calls.Add($"failing {timer.IsPastDue}");
        throw new InvalidOperationException("The probe was told to fail.");
    }
}
