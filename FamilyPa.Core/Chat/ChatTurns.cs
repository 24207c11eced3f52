using System.Text.Json;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Chat;

/// <summary>The tasks that the app had shown to the sender when the message arrived. Numbers and "done" refer to them.</summary>
/// <param name="Numbered">The tasks of the last list or reply, in the order of their numbers; null for a task that no longer exists.</param>
/// <param name="StillOpen">The open tasks of the last message that showed tasks, reminders included.</param>
/// <param name="All">The tasks of <paramref name="Numbered"/> and those behind them, for which its message had no room.</param>
/// <param name="IsDone">They were listed as completed.</param>
/// <param name="IsReminder">The last message that showed tasks is a reminder.</param>
internal sealed record Shown(IReadOnlyList<Guid?> Numbered, IReadOnlyList<Guid> StillOpen, IReadOnlyList<Guid?> All, bool IsDone, bool IsReminder);

/// <summary>Stores which tasks the app showed to a member. Only replies that may have been sent count, for a week.</summary>
internal static class ChatTurns
{
    private static readonly string[] Kinds = ["list", "added", "reminder"];

    /// <summary>Adds the tasks of a list, in the order of their numbers.</summary>
    /// <param name="shown">How many of them the sender has seen.</param>
    /// <param name="isDone">They are completed, and have no numbers.</param>
    public static DatabaseBatch AddList(DatabaseBatch batch, LeasedJob claim, IEnumerable<Guid?> tasks, int shown, bool isDone = false) => batch.Add(
        """
        insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, shown_count, at) values ($1, $2, $3, $4, $5, $6, $7)
        -- After what the message has changed; a number means the list.
        on conflict (message_sid) do update set task_ids = excluded.task_ids, shown_count = excluded.shown_count where chat_turns.kind = 'added' and excluded.kind = 'list'
        """,
        claim.MessageSid, claim.Family.Id, claim.Sender.UserId, isDone ? "done_list" : "list", tasks.ToArray(), shown, claim.ReceivedAt.ToUniversalTime());

    /// <summary>Notes how many of the tasks of an ordinary message its reply has room for. The batch, or an earlier one, must have added them.</summary>
    public static DatabaseBatch AddShown(DatabaseBatch batch, LeasedJob claim, int shown) =>
        batch.Add("update chat_turns set shown_count = $2 where message_sid = $1 and kind = 'added' and shown_count is null", claim.MessageSid, shown);

    /// <summary>Adds the tasks of an ordinary message, in the order in which its reply numbers them: new tasks first. The batch must have stored them.</summary>
    /// <param name="tasks">The ordinal of each task, or the question that it answers.</param>
    public static DatabaseBatch AddReply(DatabaseBatch batch, LeasedJob claim, IReadOnlyList<(int Ordinal, Guid? Answers)> tasks) => batch.Add(
        """
        insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at)
        select $1, $2, $3, 'added', coalesce(array_agg(coalesce(t.id, c.task_id) order by n), '{}'), $6
        from unnest($4::int[], $5::uuid[]) with ordinality as shown (ordinal, answers, n)
        left join tasks t on t.source_message_sid = $1 and t.ordinal = shown.ordinal
        left join clarifications c on c.id = shown.answers and c.family_id = $2
        on conflict do nothing
        """,
        claim.MessageSid, claim.Family.Id, claim.Sender.UserId, tasks.Select(task => task.Ordinal).ToArray(),
        tasks.Select(task => task.Answers).ToArray(), claim.ReceivedAt.ToUniversalTime());

    /// <summary>Adds changes that wait for the sender's yes.</summary>
    public static DatabaseBatch AddPending(DatabaseBatch batch, LeasedJob claim, string question, IReadOnlyList<TaskChange> changes) => batch.Add(
        "insert into clarifications (family_id, user_id, message_sid, question, pending) values ($1, $2, $3, $4, $5::jsonb) on conflict (message_sid, task_id) do update set question = excluded.question, pending = excluded.pending",
        claim.Family.Id, claim.Sender.UserId, claim.MessageSid, question, JsonSerializer.Serialize(changes));

    /// <summary>Reads what the app had shown to the sender when the message arrived.</summary>
    /// <param name="withDone">Whether lists of completed tasks count.</param>
    public static async Task<Shown> ReadAsync(Database database, LeasedJob claim, CancellationToken cancellation, bool withDone = false)
    {
        await using var batch = database.AsService().Add(
            """
            with shown as (
              select t.kind, t.task_ids, t.shown_count, o.created_at, o.kind = 'reminder' as reminds
              from chat_turns t
              join outbound_messages o on o.message_sid = t.message_sid and o.kind in ('reply', 'reminder', 'task_notice', 'digest') and o.status in ('sending', 'sent', 'uncertain')
              where t.family_id = $1 and t.user_id = $2 and t.kind = any ($5)
                and t.at <= $3 and o.created_at between $3 - interval '7 days' and $3
              union all
              -- What the message quotes comes before anything else, however old.
              select 'list', q.task_ids, q.shown_count, 'infinity',
                exists (select from outbound_messages r where r.message_sid = q.message_sid and r.kind = 'reminder')
              from inbound_messages i join chat_turns q on q.family_id = i.family_id and q.message_sid = any (array_append(
                array(select o.message_sid from outbound_messages o where o.family_id = i.family_id and o.provider_sid = i.raw_payload ->> 'OriginalRepliedMessageSid'),
                i.raw_payload ->> 'OriginalRepliedMessageSid'))
              where i.message_sid = $4),
            numbered as (select s.task_ids, s.shown_count, s.kind from shown s where s.kind <> 'reminder' order by s.created_at desc limit 1)
            select coalesce((select n.task_ids[:coalesce(n.shown_count, cardinality(n.task_ids))] from numbered n), '{}'),
                   array(select t.id from tasks t
                         where t.family_id = $1 and t.status in ('open', 'in_progress')
                           and t.id = any ((select s.task_ids[:coalesce(s.shown_count, cardinality(s.task_ids))] from shown s order by s.created_at desc limit 1)::uuid[])),
                   coalesce((select n.task_ids from numbered n), '{}'), coalesce((select n.kind = 'done_list' from numbered n), false),
                   coalesce((select s.reminds from shown s order by s.created_at desc limit 1), false)
            """,
            claim.Family.Id, claim.Sender.UserId, claim.ReceivedAt.ToUniversalTime(), claim.MessageSid,
            withDone ? Kinds.Append("done_list").ToArray() : Kinds);
        return (await batch.SingleAsync(
            row => new Shown(row.GetFieldValue<Guid?[]>(0), row.GetFieldValue<Guid[]>(1), row.GetFieldValue<Guid?[]>(2), row.GetBoolean(3), row.GetBoolean(4)), cancellation))!;
    }
}
