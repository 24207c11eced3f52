using FamilyPa.Core.Reminders;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Timers;

public sealed class RemindersFunction(ReminderSender reminders, TaskNotices notices, Digests digests)
{
    /// <summary>Every minute: sends due reminders and digests, and tells members of tasks that others gave them or completed for them.</summary>
    [Function("Reminders")]
    public async Task Remind([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await reminders.RunAsync(cancellation);
        await notices.RunAsync(cancellation);
        await digests.RunAsync(cancellation);
    }
}
