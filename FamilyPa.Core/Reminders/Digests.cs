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

/// <summary>Sends members who asked for it a digest each day: what is due or overdue, and what was done the day before.</summary>
/// <remarks>The row of <c>outbound_messages</c> keeps it from happening twice a day. A day with nothing to say gets a row too, so that a later task does not make one.</remarks>
public sealed class Digests(
    Database database, ReminderReach reach, ReplyOutbox replies, IOptions<AppSettings> app, IOptions<ReminderSettings> settings, TimeProvider clock, ILogger<Digests> log)
{
    private const int SendsAtOnce = 4;

    /// <summary>Tasks in one message; "more" shows the others.</summary>
    private const int MostInOne = 20;

    /// <summary>The app drops a digest that is overdue by more than this.</summary>
    private static readonly TimeSpan LatestAfter = TimeSpan.FromHours(3);

    /// <summary><c>$1</c> is how late one may come, <c>$2</c> the number that <c>our_number</c> is told, <c>$3</c> WhatsApp's window, <c>$4</c> the most rows.</summary>
    private const string Sql =
        $$"""
        select k.key, m.family_id, m.user_id, z.own, f.locale, coalesce(last.from_address, m.phone_e164), coalesce(last.to_address, our_number(m.family_id, $2)),
               case when not is_closed(m.phone_e164) then m.phone_e164 end, m.last_inbound_at < now() - $3::interval or is_closed(last.from_address), (
          select coalesce(json_agg(json_build_object(
            'id', t.id, 'title', t.title, 'due_at', x.due, 'all_day', t.due_all_day, 'is_done', t.status = 'done') order by x.due, t.created_at, t.id), '[]')
          from tasks t
          -- What is due on a day is due on that date, wherever the member is.
          cross join lateral (select case when t.due_all_day then (t.due_at at time zone z.family) at time zone z.own else t.due_at end) as x (due)
          where t.family_id = m.family_id and (t.assignees = '{}' or m.user_id = any (t.assignees))
            and ((t.status in ('open', 'in_progress') and (x.due at time zone z.own)::date <= n.today)
              or (t.status = 'done' and (t.completed_at at time zone z.own)::date = n.today - 1)))::text
        from family_members m
        join families f on f.id = m.family_id
        cross join lateral (select zone_or_utc(coalesce(m.timezone, f.timezone)), zone_or_utc(f.timezone)) as z (own, family)
        cross join lateral (select (now() at time zone z.own)::date) as n (today)
        -- One of before midnight may come after it.
        cross join lateral unnest(array[n.today, n.today - 1]) as d (day)
        cross join lateral (select format('digest:%s:%s:%s', m.family_id, m.user_id, d.day)) as k (key)
        left join lateral last_addresses(m.user_id) last on true
        where m.digest_at is not null and m.opted_out_at is null and coalesce(last.from_address, m.phone_e164) is not null
          and local_instant(d.day + m.digest_at, z.own) between greatest(now() - $1::interval, m.digest_set_at) and now()
          and not exists (select from outbound_messages o where o.message_sid = k.key and o.kind = 'digest' and o.status <> 'pending')
        order by m.family_id, m.user_id limit $4
        """;

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!settings.Value.Enabled)
            return;
        try
        {
            await Parallel.ForEachAsync(
                await FindAsync(cancellation), new ParallelOptions { MaxDegreeOfParallelism = SendsAtOnce, CancellationToken = cancellation },
                async (digest, token) => await SendAsync(digest, token));
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            log.RemindersNotSent(ErrorCode.Of(e));
        }
    }

    private async Task<IReadOnlyList<Digest>> FindAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Add(
                """
                update outbound_messages set status = 'failed', error_code = coalesce(error_code, 'too_late'), updated_at = now()
                where kind = 'digest' and status = 'pending' and created_at < now() - $1::interval
                """,
                LatestAfter)
            .Add(Sql, LatestAfter, app.Value.Numbers() is [var ours, ..] ? ours : null, Address.WhatsAppWindow, DueReminders.MostAtOnce);
        return await batch.ListAsync(
            row => new Digest(
                row.GetString(0),
                reach.Read(row, 1),
                RowJson.Read<List<DigestTask>>(row.GetString(9))),
            cancellation);
    }

    private async Task SendAsync(Digest digest, CancellationToken cancellation)
    {
        var recipient = digest.Recipient;
        var open = digest.Tasks.Where(task => !task.IsDone).ToList();
        var (text, shown) = Text(recipient, open, [.. digest.Tasks.Where(task => task.IsDone).Select(task => task.Title)]);
        var message = new OutgoingMessage(ReplyKind.Digest, recipient.FamilyId, digest.Key, recipient.To, recipient.From, text)
        {
            Template = recipient.Template,
            SuppressedBecause = digest.Tasks.Count == 0 ? "nothing_to_say" : null,
        };
        await using var intent = ReplyOutbox.AddIntent(database.AsService(), message)
            .Add(
                $"""
                insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, shown_count, at)
                select $1, $3, $4, 'list', $5, $6, now() where cardinality($5) > 0 and {ReplyOutbox.IsSending} on conflict do nothing
                """,
                message.Reference, message.SendingId, recipient.FamilyId, recipient.UserId, open.Select(task => task.Id).ToArray(), shown);
        await replies.SendIfTakenAsync(intent, message, cancellation);
    }

    private (string Text, int Shown) Text(Recipient recipient, IReadOnlyList<DigestTask> open, IReadOnlyList<string> done)
    {
        var wording = Wording.Of(null, recipient.Locale, recipient.To);
        var line = new TaskLine(wording, TimeZones.Get(recipient.Zone), clock.GetUtcNow());
        List<string> after = done.Count > 0 ? [wording.Format(wording.Phrases.DoneYesterday, wording.Several(done))] : [];
        if (open.Count > 0)
            after.Add(wording.Phrases.TickOff);
        return MessageLength.Fit(
            [open.Count > 0 ? wording.Phrases.DueToday : wording.Phrases.NothingToday],
            [.. open.Select((task, i) => $"{i + 1}. {line.InList(task.Title, new DueDate(task.DueAt!.Value, task.AllDay), [])}")],
            after, count => wording.Format(wording.Phrases.SendMore, count), most: MostInOne);
    }

    private sealed record Digest(string Key, Recipient Recipient, IReadOnlyList<DigestTask> Tasks);

    private sealed record DigestTask(Guid Id, string Title, DateTimeOffset? DueAt, bool AllDay, bool IsDone);
}
