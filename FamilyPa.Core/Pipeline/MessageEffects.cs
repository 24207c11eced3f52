using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.Pipeline;

/// <summary>What a message brings about on the family's board, as statements that change nothing when they are run again.</summary>
internal sealed class MessageEffects(DatabaseBatch batch, LeasedJob claim)
{
    private const string OutdatedState = "FP010"; // raised by lock_tasks

    /// <summary>Whether the family has got the same task since the job was claimed. Nothing is stored then; the phase has to look again.</summary>
    public static bool IsOutdated(Exception error) => error is PostgresException { SqlState: OutdatedState };

    /// <summary>Comes before the tasks with these titles are stored: two messages of the same words may be worked on at once.</summary>
    public void Lock(IReadOnlyCollection<string> titles)
    {
        if (titles.Count == 0)
            return;
        batch.Guard(
            "select lock_tasks($1, $2, $3, $4)", claim.Family.Id, claim.MessageSid, titles.ToArray(), claim.PhaseInput.Recent.Select(recent => recent.Id).ToArray());
    }

    /// <summary>
    /// Stores a task. One that answers a question completes that question's task, unless another message was quicker or the question had no task:
    /// then it is a task of its own.
    /// </summary>
    public void Store(int ordinal, ExtractedTask task, UnderstoodTask understood)
    {
        StoreTask(ordinal, task, understood);
        if (understood.Recurrence is not null)
        {
            batch.Guard(
                """
                select repeat_task(t, $4, null, $2, $3, $6::time) from tasks t
                where t.family_id = $1 and (t.source_message_sid = $2 and t.ordinal = $3
                  or t.id = (select c.task_id from clarifications c where c.id = $5 and c.answered_by = $2))
                """,
                claim.Family.Id, claim.MessageSid, ordinal, understood.Recurrence.Rule, task.Answers, understood.Due?.Skipped?.ToTimeOnly());
        }
    }

    private void StoreTask(int ordinal, ExtractedTask task, UnderstoodTask understood) => batch.Add(
        """
        with given (assignees) as (
          select array(select user_id from family_members where family_id = $1 and user_id = any ($7) order by array_position($7, user_id))),
        answered as (
          update clarifications set answered_by = $2, answered_at = now()
          where id = $13 and family_id = $1 and answered_by is null returning task_id),
        completed as (
          update tasks t
          set title = $4, notes = coalesce($5, t.notes), category = coalesce($6, t.category),
              assignees = coalesce(nullif(given.assignees, '{}'), t.assignees),
              assigned_by = case when given.assignees = '{}' then t.assigned_by else $12 end,
              due_at = coalesce($8, t.due_at), due_all_day = case when $8 is null then t.due_all_day else $9 end,
              remind_at = coalesce($14, case when $8 is null then t.remind_at end),
              needs_review = $10, confidence = $11, updated_at = now()
          from given
          where t.id in (select task_id from answered) and t.status in ('open', 'in_progress')
          returning t.id)
        insert into tasks (family_id, source_message_sid, ordinal, title, notes, category, assignees, due_at, due_all_day, remind_at,
                           needs_review, confidence, created_by, assigned_by)
        select $1, $2, $3, $4, $5, $6, given.assignees, $8, $9, $14, $10, $11, $12, $12 from given
        where not exists (select from completed)
          and not exists (select from clarifications where id = $13 and answered_by = $2 and task_id is not null)
        on conflict (source_message_sid, ordinal) do nothing
        """,
        claim.Family.Id, claim.MessageSid, ordinal, task.Title, task.Notes, task.Category, understood.Assignees.Select(member => member.UserId).ToArray(),
        understood.Due?.At.ToUniversalTime(), understood.Due?.AllDay ?? false, understood.NeedsReview, task.Confidence, claim.Sender.UserId,
        task.Answers, understood.RemindAt?.ToUniversalTime());

    /// <summary>Drops the task that the sender was asked about and does not want.</summary>
    public void Withdraw(OpenQuestion question) => batch.Add(
        """
        with answered as (
          update clarifications set answered_by = $2, answered_at = now() where id = $1 and answered_by is null returning task_id),
        ended as (
          update series set ended_at = now() where ended_at is null and id in (select series_id from tasks where id in (select task_id from answered)))
        update tasks set status = 'canceled', needs_review = false, updated_at = now()
        where id in (select task_id from answered) and status in ('open', 'in_progress')
        """,
        question.Id, claim.MessageSid);

    /// <summary>Notes the question against each task that waits for its answer; against the only task, or none, where no task is in doubt.</summary>
    public void Ask(string question, IReadOnlyList<ExtractedTask> extracted, IReadOnlyList<(int Ordinal, UnderstoodTask Task)> stored)
    {
        var doubtful = stored.Where(one => one.Task.NeedsReview).Select(one => (int?)one.Ordinal).ToList();
        foreach (var ordinal in doubtful.Count > 0 ? doubtful : [stored.Count == 1 ? stored[0].Ordinal : null])
            Ask(question, ordinal, ordinal is { } i ? extracted[i].Answers : null);
    }

    private void Ask(string question, int? ordinal, Guid? answers) => batch.Add(
        """
        insert into clarifications (family_id, user_id, message_sid, task_id, question)
        select $1, $2, $3, coalesce(
          (select task_id from clarifications where id = $5), (select id from tasks where source_message_sid = $3 and ordinal = $4::int)), $6
        on conflict do nothing
        """,
        claim.Family.Id, claim.Sender.UserId, claim.MessageSid, ordinal, answers, question);
}
