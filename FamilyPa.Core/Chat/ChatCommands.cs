using System.Globalization;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Reminders;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace FamilyPa.Core.Chat;

/// <summary>Executes chat commands. Repeating a command changes nothing and gives the same answer.</summary>
public sealed class ChatCommands(Database database, LoginLinks links, ReminderReach reach, IOptions<AppSettings> app, IOptions<LimitSettings> limits)
{
    /// <summary>Maximum number of tasks in a list, all of its pages together.</summary>
    private const int MostTasks = 1000;

    /// <summary>Maximum number of open tasks that a search by name reads.</summary>
    private const int MostNames = 1000;

    /// <param name="reply">The batch that stores the reply; the command adds its statements.</param>
    /// <param name="suppressed">The reply will not be sent, so no sign-in link is created.</param>
    /// <returns>The reply as it is stored, null for none, and the link that replaces the placeholder when it is sent.</returns>
    public async Task<(string? Text, Uri? Link)> AnswerAsync(Command command, LeasedJob claim, DatabaseBatch reply, bool suppressed, CancellationToken cancellation)
    {
        var text = TextOf(command, claim);
        return command.Kind switch
        {
            CommandKind.List when command.Named is { Length: > 0 } named =>
                (await ListAsync(new TaskQuery(null, null, null, await FindListAsync(named, claim, cancellation), Done: false), command, claim, reply, cancellation), null),
            CommandKind.Clear => (await ClearAsync(await FindListAsync(command.Named!, claim, cancellation), claim, text, cancellation), null),
            CommandKind.List => (await ListAsync(command, claim, reply, text, cancellation), null),
            // A 👍 may also say no more than that the last reply was read. It does not confirm a change, so that question is asked again.
            CommandKind.Done when Reaction.IsThumb(claim.Body) =>
                (await ReactAsync(claim, cancellation, isTyped: true) ?? claim.PhaseInput.Questions.LastOrDefault(question => question.Pending is not null)?.Asked, null),
            CommandKind.Done => (await DoneAsync(command, claim, text, cancellation), null),
            CommandKind.More => (await MoreAsync(command, claim, reply, cancellation), null),
            CommandKind.Undo => (await UndoAsync(claim, text, cancellation), null),
            CommandKind.Delete or CommandKind.Snooze or CommandKind.Assign => (await ChangeAsync(command, claim, reply, text, cancellation), null),
            CommandKind.Mute or CommandKind.Unmute => (Mute(command.Kind == CommandKind.Mute, claim, reply, text), null),
            CommandKind.Digest => (Digest(command.At, claim, reply, text), null),
            CommandKind.Family => (text.FamilyChosen, null),
            CommandKind.Board when !suppressed => (text.BoardLink(links.Placeholder), links.Add(reply, claim.Sender.UserId, claim.Family.Id)),
            _ => (text.Help, null),
        };
    }

    /// <summary>Whether the message is the command that its words say: there is the task or the list that it names. Otherwise a model has to understand it.</summary>
    public async Task<bool> IsMeantAsync(Command command, LeasedJob claim, CancellationToken cancellation)
    {
        if (command.Named is not { Length: > 0 } named)
            return true;
        if (command.Kind != CommandKind.Done)
            return await FindListAsync(named, claim, cancellation) is not null;
        await using var executed = database.AsService().Add("select 1 from chat_turns where message_sid = $1", claim.MessageSid);
        return (await executed.ListAsync(row => row.GetInt32(0), cancellation)).Count > 0
            || (await TasksAsync(ListScope.Open, claim, MostNames, cancellation)).Any(task => TaskNames.IsIn(named, task.Title));
    }

    /// <summary>Completes the one open task of the message that the sender reacts to.</summary>
    /// <param name="isTyped">It is a message of its own. Without a quote it means the reminder, or the notice of a task, that came last.</param>
    /// <returns>Null when there is nothing to do and nothing to say.</returns>
    public async Task<string?> ReactAsync(LeasedJob claim, CancellationToken cancellation, bool isTyped = false)
    {
        var isSms = Address.IsSms(claim.FromAddress);
        if (Reaction.Read(claim.Body, isSms && !isTyped ? null : "reaction", isSms) is not { Completes: true } reaction)
            return null;
        await using var sent = database.AsService().Add(
            """
            select o.body, array(
              select t.id from tasks t where t.family_id = $1 and t.status in ('open', 'in_progress') and t.id = any (c.task_ids[:coalesce(c.shown_count, cardinality(c.task_ids))]))
            from outbound_messages o join chat_turns c on c.message_sid = o.message_sid and c.kind in ('list', 'added', 'reminder')
            cross join (select i.raw_payload ->> 'OriginalRepliedMessageSid' as sid from inbound_messages i where i.message_sid = $5) quoted
            where o.family_id = $1 and o.to_address = $2 and o.kind in ('reply', 'reminder', 'task_notice', 'digest') and o.status in ('sent', 'uncertain') and o.created_at <= $3
              and case when quoted.sid is null then o.created_at > $3 - interval '7 days' and ($4 or ($6 and o.kind in ('reminder', 'task_notice') and not exists (
                         select from outbound_messages later where later.family_id = $1 and later.to_address = $2 and later.status in ('sent', 'uncertain')
                           and later.created_at > o.created_at and later.created_at <= $3)))
                       else o.provider_sid = quoted.sid end
            order by o.created_at desc limit 50
            """,
            claim.Family.Id, claim.FromAddress, claim.ReceivedAt.ToUniversalTime(), reaction.Quoted is not null, claim.MessageSid, isTyped);
        var candidates = await sent.ListAsync(row => (Body: row.GetString(0), Open: row.GetFieldValue<Guid[]>(1)), cancellation);
        var open = candidates.FirstOrDefault(message => reaction.Quoted is null || reaction.Quotes(message.Body)).Open;
        var done = await CompleteAsync(open is [var one] ? [one] : [], claim, cancellation);
        return done.Count == 0 ? null : TextOf(new Command(CommandKind.Done, ["en"]), claim).Done(done, []);
    }

    private async Task<string> ListAsync(Command command, LeasedJob claim, DatabaseBatch reply, CommandText text, CancellationToken cancellation)
    {
        var tasks = await TasksAsync(command.Scope, claim, MostTasks, cancellation);
        var (list, shown) = text.List(tasks);
        if (shown > 0)
            ChatTurns.AddList(reply, claim, tasks.Select(task => (Guid?)task.Id), shown, command.Scope == ListScope.Done);
        return list;
    }

    /// <summary>The next page. Tasks that are no longer open are left out and keep their numbers.</summary>
    private async Task<string> MoreAsync(Command command, LeasedJob claim, DatabaseBatch reply, CancellationToken cancellation)
    {
        var last = await ChatTurns.ReadAsync(database, claim, cancellation, withDone: true);
        var numbers = last.All.Index().Skip(last.Numbered.Count).Where(task => task.Item is not null).ToDictionary(task => task.Item!.Value, task => task.Index + 1);
        await using var batch = database.AsService().Add(
            """
            select id, title, due_at, due_all_day, assignees from tasks
            where family_id = $1 and id = any ($2) and (case when $3 then status = 'done' else status in ('open', 'in_progress') end) order by array_position($2, id)
            """,
            claim.Family.Id, numbers.Keys.ToArray(), last.IsDone);
        var rest = await batch.ListAsync(row => Read(row, claim), cancellation);
        var (page, shown) = TextOf(command with { Scope = last.IsDone ? ListScope.Done : ListScope.Open }, claim).More([.. rest.Select(task => new NumberedTask(numbers[task.Id], task))]);
        if (shown > 0)
            ChatTurns.AddList(reply, claim, last.All, numbers[rest[shown - 1].Id], last.IsDone);
        return page;
    }

    private CommandText TextOf(Command command, LeasedJob claim) =>
        CommandText.Of(command, claim.Family, claim.ReceivedAt, app.Value.BoardUrl, claim.FromAddress, claim.PhaseInput.Missed.Count > 0);

    private static string Mute(bool isMuted, LeasedJob claim, DatabaseBatch reply, CommandText text)
    {
        reply.Add("update family_members set notified = $3 where family_id = $1 and user_id = $2", claim.Family.Id, claim.Sender.UserId, !isMuted);
        return isMuted ? text.Muted : text.Unmuted;
    }

    private static string Digest(TimeOnly? at, LeasedJob claim, DatabaseBatch reply, CommandText text)
    {
        reply.Add(
            "update family_members set digest_at = $3::time, digest_set_at = now() where family_id = $1 and user_id = $2", claim.Family.Id, claim.Sender.UserId, at);
        return text.Digest(at);
    }

    private async Task<string> DoneAsync(Command command, LeasedJob claim, CommandText text, CancellationToken cancellation)
    {
        var (meant, unknown) = await MeantAsync(command, claim, cancellation);
        return text.Done(await CompleteAsync([.. meant], claim, cancellation), unknown);
    }

    private async Task<IReadOnlyList<DoneTask>> CompleteAsync(Guid[] tasks, LeasedJob claim, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(claim).Add(
            """
            select d.task_id, d.title, d.outcome, n.due_at, n.due_all_day
            from chat_done($1, $2, $3, $4, $5) d left join next_occurrence(d.task_id) n on d.outcome = 'done'
            """,
            claim.MessageSid, claim.Family.Id, claim.Sender.UserId, claim.ReceivedAt.ToUniversalTime(), tasks);
        return await batch.ListAsync(row => new DoneTask(row.GetGuid(0), row.GetString(1), row.GetString(2)) { Next = row.ReadDue() }, cancellation);
    }

    private async Task<string> ChangeAsync(Command command, LeasedJob claim, DatabaseBatch reply, CommandText text, CancellationToken cancellation)
    {
        var called = (command.Members ?? [""]).Distinct().ToDictionary(
            name => name, name => claim.Family.Members.Select(member => member.Names.FirstOrDefault(own => string.Join(' ', PlainWords.Of(own)) == name)).OfType<string>().ToList());
        if (command.Kind == CommandKind.Assign && called.FirstOrDefault(one => one.Value.Count != 1) is { Key: { } unclear })
            return text.Who(unclear, called[unclear].Count);
        var (meant, unknown) = await MeantAsync(command, claim, cancellation);
        IReadOnlyList<TaskChange> changes = [.. (await TitlesAsync(meant, claim, cancellation)).Select(task => command.Kind switch
        {
            CommandKind.Delete => new TaskChange(task.Id, TaskOperations.Delete, task.Title),
            CommandKind.Assign => new TaskChange(task.Id, TaskOperations.Update, task.Title, Assignees: [.. called.Values.Select(names => names[0])]),
            _ => new TaskChange(task.Id, TaskOperations.Snooze, task.Title, RemindAt: claim.ReceivedAt.AddMinutes(command.Minutes).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)),
        })];
        if (TaskChanges.NeedConfirmation(changes))
        {
            var question = text.Confirm(changes.Select(change => TaskChanges.Describe(change, "changed", claim.Family)));
            ChatTurns.AddPending(reply, claim, question, changes);
            return question;
        }

        if (changes.Count == 0)
            return text.Changed([], unknown);
        await using var batch = TaskChanges.Add(ChatTurns.AddReply(database.Fenced(claim), claim, []), claim, changes);
        var changed = await TaskChanges.ReadAsync(batch, claim, changes, cancellation);
        return text.Changed(changed, unknown, changed.Any(change => reach.IsLost(change, claim)));
    }

    private async Task<List<(Guid Id, string Title)>> TitlesAsync(IReadOnlyList<Guid> tasks, LeasedJob claim, CancellationToken cancellation)
    {
        if (tasks.Count == 0)
            return [];
        await using var batch = database.AsService().Add(
            "select t.id, t.title from unnest($2::uuid[]) with ordinality as meant (id, n) join tasks t on t.id = meant.id and t.family_id = $1 order by n",
            claim.Family.Id, tasks.ToArray());
        return [.. await batch.ListAsync(row => (row.GetGuid(0), row.GetString(1)), cancellation)];
    }

    /// <summary>The deletion of each open task that the query matches.</summary>
    public async Task<IReadOnlyList<TaskChange>> DeletionsAsync(TaskQuery query, LeasedJob claim, CancellationToken cancellation) =>
        query.Assignee is { } name && claim.Family.Find(name) is null
            ? []
            : [.. (await TasksAsync(ListScope.Open, claim, MostTasks, cancellation, query)).Select(task => new TaskChange(task.Id, TaskOperations.Delete, task.Title))];

    /// <summary>Answers a question in plain words about what there is to do.</summary>
    /// <param name="reply">The batch that stores the reply.</param>
    /// <param name="said">What the reply says before the list.</param>
    public async Task<string> ListAsync(TaskQuery query, string? language, LeasedJob claim, DatabaseBatch reply, CancellationToken cancellation, string? said = null)
    {
        if (query.Assignee is { } name && claim.Family.Find(name) is null)
            return $"{said}\n{new ReplyText(language, claim.Family, claim.ReceivedAt, limits.Value, to: claim.FromAddress).Who(name, claim.Family)}".Trim();
        return await ListAsync(query, new Command(CommandKind.List, language is null ? [] : [language], query.Done ? ListScope.Done : ListScope.Open), claim, reply, cancellation, said);
    }

    private async Task<string> ListAsync(TaskQuery query, Command command, LeasedJob claim, DatabaseBatch reply, CancellationToken cancellation, string? said = null)
    {
        var tasks = await TasksAsync(command.Scope, claim, MostTasks, cancellation, query);
        var isOfList = query is { From: null, Until: null, Assignee: null, Category: not null, Done: false };
        var (list, shown) = TextOf(command, claim).List(
            tasks, isFiltered: query is not { From: null, Until: null, Assignee: null, Category: null }, isOfList ? query.Category : null, said);
        if (shown > 0)
            ChatTurns.AddList(reply, claim, tasks.Select(task => (Guid?)task.Id), shown, query.Done);
        return list;
    }

    /// <returns>Null when the family has no such list.</returns>
    private async Task<string?> FindListAsync(string named, LeasedJob claim, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select distinct category from tasks where family_id = $1 and category is not null and status <> 'canceled'", claim.Family.Id);
        return ListNames.Find(named, await batch.ListAsync(row => row.GetString(0), cancellation));
    }

    /// <summary>Cancels the completed tasks of a list, which takes them from the list and the board.</summary>
    private async Task<string> ClearAsync(string? list, LeasedJob claim, CommandText text, CancellationToken cancellation)
    {
        await using var batch = ChatTurns.AddReply(database.Fenced(claim), claim, []).Add(
            """
            select c.outcome from apply_changes($1, $2, (
              select coalesce(jsonb_agg(jsonb_build_object('task', t.id, 'operation', 'clear', 'clear', '[]'::jsonb)), '[]')
              from tasks t where t.family_id = $2 and t.category = $3 and t.status = 'done')) c
            """,
            claim.MessageSid, claim.Family.Id, list);
        var outcomes = await batch.ListAsync(row => row.GetString(0), cancellation);
        return text.Cleared(list ?? "", outcomes.Count(outcome => outcome == "changed"));
    }

    /// <summary>Resolves the tasks that the command names, and the numbers that match none.</summary>
    private async Task<(IReadOnlyList<Guid> Tasks, IReadOnlyList<int> Unknown)> MeantAsync(Command command, LeasedJob claim, CancellationToken cancellation)
    {
        if (command.Named is { } name)
        {
            var open = await TasksAsync(ListScope.Open, claim, MostNames, cancellation);
            return (TaskNames.Find(name, open) is { } task ? [task] : [], []);
        }

        var shown = await ChatTurns.ReadAsync(database, claim, cancellation);
        if (command.Numbers is not { } numbers)
            return (shown.StillOpen.Count == 1 || (command.Kind == CommandKind.Snooze && shown.IsReminder) ? shown.StillOpen : [], []);
        var known = numbers.ToLookup(number => number >= 1 && number <= shown.Numbered.Count && shown.Numbered[number - 1] is not null);
        return ([.. known[true].Select(number => shown.Numbered[number - 1]!.Value)], [.. known[false]]);
    }

    private async Task<string> UndoAsync(LeasedJob claim, CommandText text, CancellationToken cancellation)
    {
        await using var batch = database.Fenced(claim).Add(
            "select kind, title from chat_undo($1, $2, $3, $4)",
            claim.MessageSid, claim.Family.Id, claim.Sender.UserId, claim.ReceivedAt.ToUniversalTime());
        return text.Undone(await batch.ListAsync(row => (row.GetString(0), row.GetString(1)), cancellation));
    }

    /// <summary>Open tasks by due date, or the tasks completed last.</summary>
    private async Task<IReadOnlyList<ListedTask>> TasksAsync(ListScope scope, LeasedJob claim, int most, CancellationToken cancellation,
        TaskQuery? query = null)
    {
        var assignee = query?.Assignee is { } name ? claim.Family.Find(name)?.UserId : scope == ListScope.Mine ? claim.Sender.UserId : (Guid?)null;
        var tomorrow = Instant.FromDateTimeOffset(claim.ReceivedAt).InZone(claim.Family.TimeZone).Date.PlusDays(1)
            .AtStartOfDayInZone(claim.Family.TimeZone).ToDateTimeOffset();
        await using var batch = scope == ListScope.Done
            ? database.AsService().Add(
                """
                select id, title, null::timestamptz, false, '{}'::uuid[] from tasks
                where family_id = $1 and status = 'done' and completed_at > now() - interval '7 days' and ($3::uuid is null or $3 = any (coalesce(nullif(assignees, '{}'), array[created_by])))
                  and ($4::text is null or category = $4)
                order by completed_at desc, id limit $2
                """,
                claim.Family.Id, most, assignee, query?.Category)
            : database.AsService().Add(
                """
                select id, title, due_at, due_all_day, assignees from tasks
                where family_id = $1 and status in ('open', 'in_progress') and ($3::timestamptz is null or due_at < $3)
                  and ($4::uuid is null or $4 = any (coalesce(nullif(assignees, '{}'), array[created_by])))
                  and ($5::timestamptz is null or due_at >= $5) and ($6::text is null or category = $6)
                order by due_at, created_at, ordinal, id limit $2
                """,
                claim.Family.Id, most, scope == ListScope.Today ? tomorrow.ToUniversalTime() : Midnight(query?.Until, 1), assignee,
                Midnight(query?.From, 0), query?.Category);
        return await batch.ListAsync(row => Read(row, claim), cancellation);

        // The start of that day, or of the one after it.
        DateTimeOffset? Midnight(string? day, int later) => day is not null && LocalDatePattern.Iso.Parse(day) is { Success: true } date
            ? date.Value.PlusDays(later).AtStartOfDayInZone(claim.Family.TimeZone).ToDateTimeOffset().ToUniversalTime()
            : null;
    }

    private static ListedTask Read(NpgsqlDataReader row, LeasedJob claim) => new(
        row.GetGuid(0), row.GetString(1),
        row.IsDBNull(2) ? null : new DueDate(row.GetFieldValue<DateTimeOffset>(2), row.GetBoolean(3)),
        [.. row.GetFieldValue<Guid[]>(4).Select(id => claim.Family.Members.FirstOrDefault(member => member.UserId == id)).OfType<Member>()]);
}
