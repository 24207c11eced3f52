namespace Microsoft.Azure.Functions.Worker;

/// <summary>The parameter that receives the tick of a schedule: six-field cron, or <c>%Setting%</c> that holds one.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; private set; } = schedule;

    /// <summary>Whether past and next ticks are kept; never for a schedule that ticks more often than once a minute.</summary>
    public bool UseMonitor { get; set; } = true;

    public bool RunOnStartup { get; set; }
}
