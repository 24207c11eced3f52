using FamilyPa.Core.Reminders;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class RemindersFunction(ReminderSender reminders)
{
    /// <summary>Every minute: sends due reminders.</summary>
    [Function("Reminders")]
    public Task Remind([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellation) => reminders.RunAsync(cancellation);
}
