using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Reminders;

/// <summary>Tells each assignee once of a task that another gave them, and that one, and who shares the task, once when it is done.</summary>
/// <remarks>
/// The row of <c>outbound_messages</c> keeps it from happening twice, also when a task goes back and forth. It waits for the end of the quiet hours, for a day.
/// What cannot be sent is told by the next reply to the receiver. A task that was taken back meanwhile is not told of.
/// </remarks>
public sealed class TaskNotices(
    Database database, ReminderReach reach, ReplyOutbox replies, IOptions<AppSettings> app, IOptions<ReminderSettings> settings, TimeProvider clock,
    ILogger<TaskNotices> log)
{
    /// <summary>Tasks in one message.</summary>
    private const int MostInOne = 15;

    /// <summary><c>$1</c> and <c>$2</c> are the quiet hours, <c>$3</c> the number that <c>our_number</c> is told, <c>$4</c> WhatsApp's window, <c>$5</c> the most rows.</summary>
    private const string Sql =
        $$"""
        select t.id, k.key, n.is_done, t.title, t.due_at, t.due_all_day, by.display_name, m.family_id, m.user_id, f.timezone, f.locale,
               coalesce(last.from_address, m.phone_e164), coalesce(last.to_address, our_number(m.family_id, $3)),
               case when not is_closed(m.phone_e164) then m.phone_e164 end, m.last_inbound_at < now() - $4::interval or is_closed(last.from_address)
        from (
          select t.id as task, false as is_done, told, t.assigned_by as by from tasks t, unnest(array_remove(t.assignees, t.assigned_by)) told
          where array_remove(t.assignees, t.assigned_by) <> '{}' and t.assigned_at > now() - interval '1 day' and t.status in ('open', 'in_progress')
          union all
          -- Who shares a task hears that it is done, too.
          select t.id, true, told, t.completed_by
          from tasks t, unnest(case when cardinality(t.assignees) > 1 then array_remove(t.assignees, t.assigned_by) else '{}' end || t.assigned_by) told
          where array_remove(t.assignees, t.assigned_by) <> '{}' and t.completed_at > now() - interval '1 day' and t.status = 'done' and t.completed_by <> told) n
        join tasks t on t.id = n.task
        join families f on f.id = t.family_id
        join family_members m on m.family_id = t.family_id and m.user_id = n.told
        join family_members by on by.family_id = t.family_id and by.user_id = n.by
        cross join lateral (select format('%s:%s:%s', case when n.is_done then 'completed' else 'assigned' end, t.id, n.told)) as k (key)
        left join lateral last_addresses(m.user_id) last on true
        where m.notified and m.opted_out_at is null and coalesce(last.from_address, m.phone_e164) is not null
          and not is_quiet((now() at time zone zone_or_utc(coalesce(m.timezone, f.timezone)))::time, $1, $2)
          and not exists (select from outbound_messages o where o.message_sid = k.key and o.kind = 'task_notice' and o.status <> 'pending')
        order by m.family_id, m.user_id, n.by, n.is_done, t.due_at, t.created_at, t.id limit $5
        """;

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!settings.Value.Enabled)
            return;
        try
        {
            foreach (var notices in (await FindAsync(cancellation)).GroupBy(notice => (notice.Recipient, notice.By, notice.IsDone)).SelectMany(told => told.Chunk(MostInOne)))
                await TellAsync(notices, cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            log.RemindersNotSent(ErrorCode.Of(e));
        }
    }

    private async Task<IReadOnlyList<Notice>> FindAsync(CancellationToken cancellation)
    {
        var when = settings.Value;
        await using var batch = database.AsService().Add(
            Sql, when.QuietFrom, when.QuietUntil, app.Value.Numbers() is [var ours, ..] ? ours : null, Address.WhatsAppWindow, DueReminders.MostAtOnce);
        return await batch.ListAsync(
            row => new Notice(
                row.GetGuid(0), row.GetString(1), row.GetBoolean(2), row.GetString(3),
                row.IsDBNull(4) ? null : new DueDate(row.GetFieldValue<DateTimeOffset>(4), row.GetBoolean(5)), row.GetString(6),
                reach.Read(row, 7)),
            cancellation);
    }

    private async Task TellAsync(Notice[] notices, CancellationToken cancellation)
    {
        var recipient = notices[0].Recipient;
        var message = new OutgoingMessage(ReplyKind.TaskNotice, recipient.FamilyId, notices[0].Key, recipient.To, recipient.From, Text(notices))
        {
            Template = recipient.Template,
        };
        await using var intent = ReplyOutbox.AddIntent(database.AsService(), message)
            .AddOthers(message, notices.Skip(1).Select(notice => notice.Key));
        // "done" in answer to what is asked ticks it off, as with a reminder.
        if (!notices[0].IsDone)
        {
            intent.Add(
                $"""
                insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
                select $1, $3, $4, $5, $6, now() where {ReplyOutbox.IsSending} on conflict do nothing
                """,
                message.Reference, message.SendingId, recipient.FamilyId, recipient.UserId,
                notices.Length == 1 ? "reminder" : "list", notices.Select(notice => notice.TaskId).ToArray());
        }

        await replies.SendIfTakenAsync(intent, message, cancellation);
    }

    private string Text(Notice[] notices)
    {
        var (recipient, by, isDone) = (notices[0].Recipient, notices[0].By, notices[0].IsDone);
        var wording = Wording.Of(null, recipient.Locale, recipient.To);
        var line = new TaskLine(wording, TimeZones.Get(recipient.Zone), clock.GetUtcNow());
        if (isDone)
            return wording.Format(wording.Phrases.HasDone, by, wording.Several([.. notices.Select(notice => notice.Title)]));
        List<string> tasks = [.. notices.Select(notice => line.InList(notice.Title, notice.Due, []))];
        return tasks is [var one]
            ? $"{wording.Format(wording.Phrases.AsksYou, by, one)}\n{wording.Phrases.TickOffOne}"
            : MessageLength.Fit(
                [wording.Format(wording.Phrases.AsksYou, by, "").TrimEnd()], [.. tasks.Select((task, i) => $"{i + 1}. {task}")], [wording.Phrases.TickOff],
                count => wording.Format(wording.Phrases.AndMore, count)).Text;
    }

    private sealed record Notice(Guid TaskId, string Key, bool IsDone, string Title, DueDate? Due, string By, Recipient Recipient);
}
