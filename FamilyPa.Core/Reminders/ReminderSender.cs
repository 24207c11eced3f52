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
            var messages = found.GroupBy(reminder => reminder.Recipient).SelectMany(member => member.Chunk(MostInOne));
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
        var (key, recipient) = (reminders[0].Key, reminders[0].Recipient);
        if (recipient.From is not { } from)
        {
            await SkipAsync(reminders, "no_number", cancellation);
            log.OwnNumberUnknown("reminder", reminders[0].TaskId);
            return;
        }

        if (recipient.IsOutOfReach)
        {
            await SkipAsync(reminders, "outside_window", cancellation);
            log.ReminderSkipped(key, recipient.FamilyId, "outside_window");
            return;
        }

        if (await IntendAsync(reminders, from, cancellation) is not { } body)
            return;
        // Once begun it is seen through. What Twilio did not take waits as pending, and the next run finds it.
        var result = await replies.SendAsync(key, ReplyKind.Reminder, recipient.To, from, body);
        await replies.StoreResultAsync(key, ReplyKind.Reminder, result);
    }

    /// <returns>What to send; null when another run has it.</returns>
    private async Task<string?> IntendAsync(DueReminder[] reminders, string from, CancellationToken cancellation)
    {
        var (key, recipient, run) = (reminders[0].Key, reminders[0].Recipient, Guid.NewGuid());
        await using var batch = ReplyOutbox.AddIntent(
            database.AsService(), recipient.FamilyId, key, ReplyKind.Reminder, recipient.To, from,
            ReminderText.Of(reminders, clock.GetUtcNow()), suppressed: false, run);
        if (reminders.Length > 1)
            AddSkipped(batch, [.. reminders.Skip(1)], "in_one_message", key, run);
        batch.Add(
            $"""
            insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
            select $1, $2, $3, $4, $5, now() where {TakenUp("$1", "$6")} on conflict do nothing
            """,
            key, recipient.FamilyId, recipient.UserId, reminders.Length == 1 ? "reminder" : "list", reminders.Select(reminder => reminder.TaskId).ToArray(), run);
        return await batch.SingleDurablyAsync(row => row.GetString(0), cancellation);
    }

    private async Task SkipAsync(DueReminder[] reminders, string reason, CancellationToken cancellation)
    {
        await using var batch = AddSkipped(database.AsService(), reminders, reason);
        await batch.ExecuteAsync(cancellation);
    }

    /// <summary>Notes reminders that are not sent, or not by themselves.</summary>
    /// <param name="key">Only if that one was taken up for sending, by <paramref name="run"/>.</param>
    private static DatabaseBatch AddSkipped(DatabaseBatch batch, DueReminder[] reminders, string reason, string? key = null, Guid? run = null) => batch.Add(
        $"""
        insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status, error_code)
        select $1, skipped, 'reminder', $2, $3, '', 'suppressed', $4
        from unnest($5::text[]) skipped where $6::text is null or {TakenUp("$6", "$7::uuid")}
        on conflict do nothing
        """,
        reminders[0].Recipient.FamilyId, reminders[0].Recipient.To, reminders[0].Recipient.From ?? "", reason,
        reminders.Select(reminder => reminder.Key).ToArray(), key, run);

    private static string TakenUp(string key, string run) =>
        $"exists (select from outbound_messages o where o.message_sid = {key} and o.kind = 'reminder' and o.status = 'sending' and o.sending_id = {run})";
}
