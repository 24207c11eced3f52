using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Reminders;

/// <summary>Reminds members of tasks that are due, of each once: a row of <c>outbound_messages</c> first, then it is sent, then the result.</summary>
/// <remarks>What a member is to be reminded of in the same run goes into one message: under the key of the first, the others noted as in it.</remarks>
public sealed class ReminderSender(
    DueReminders due, Database database, ReplyOutbox replies, IOptions<ReminderSettings> settings, TimeProvider clock, ILogger<ReminderSender> log)
{
    /// <summary>Members reminded at the same time.</summary>
    private const int SendsAtOnce = 4;

    /// <summary>Lines of one message.</summary>
    private const int MostInOne = 15;

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!settings.Value.Enabled)
            return;
        try
        {
            var found = await due.FindAsync(cancellation);
            var messages = found.GroupBy(reminder => (reminder.Recipient, reminder.IsLate)).SelectMany(member => member.Chunk(MostInOne));
            await Parallel.ForEachAsync(
                messages, new ParallelOptions { MaxDegreeOfParallelism = SendsAtOnce, CancellationToken = cancellation },
                async (reminders, token) => await RemindAsync(reminders, token));
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            log.RemindersNotSent(ErrorCode.Of(e));
        }
    }

    private async Task RemindAsync(DueReminder[] reminders, CancellationToken cancellation)
    {
        var recipient = reminders[0].Recipient;
        var message = new OutgoingMessage(
            ReplyKind.Reminder, recipient.FamilyId, reminders[0].Key, recipient.To, recipient.From, ReminderText.Of(reminders, clock.GetUtcNow()))
        {
            Template = recipient.Template,
        };
        await using var intent = ReplyOutbox.AddIntent(database.AsService(), message)
            .AddOthers(message, reminders.Skip(1).Select(reminder => reminder.Key))
            .Add(
                $"""
                insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
                select $1, $3, $4, $5, $6, now() where {ReplyOutbox.IsSending} on conflict do nothing
                """,
                message.Reference, message.SendingId, recipient.FamilyId, recipient.UserId,
                reminders.Length == 1 ? "reminder" : "list", reminders.Select(reminder => reminder.TaskId).ToArray());
        // Two runs may find the same reminders, so one that is not taken up here is left alone. What Twilio did not accept is sent by the next run.
        await replies.SendIfTakenAsync(intent, message, cancellation);
    }
}
