using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Reminders;

/// <summary>Finds what members are to be reminded of now: two round trips, whether there is anything or not.</summary>
public sealed class DueReminders(Database database, ReminderReach reach, IOptions<AppSettings> app, IOptions<ReminderSettings> settings)
{
    /// <summary>Reminders of one run.</summary>
    public const int MostAtOnce = 500;

    /// <summary>
    /// <c>$1</c> is after what time one is late, <c>$2</c> to <c>$5</c> are what <c>reminder_at</c> takes, <c>$6</c> the most rows, <c>$7</c> the
    /// number that <c>our_number</c> is told, <c>$8</c> WhatsApp's window.
    /// </summary>
    internal const string Sql =
        $$"""
        select t.id, k.key, t.title, t.due_at, t.due_all_day, m.family_id, m.user_id, f.timezone, f.locale,
               coalesce(last.from_address, m.phone_e164), coalesce(last.to_address, our_number(m.family_id, $7)),
               case when not is_closed(m.phone_e164) then m.phone_e164 end, m.last_inbound_at < now() - $8::interval or is_closed(last.from_address), l.is_late
        from tasks t
        join families f on f.id = t.family_id
        -- A child has no phone: who made its task is reminded.
        join family_members m on m.family_id = t.family_id and m.user_id = any (coalesce(
          (select array_agg(a.user_id) from family_members a
           where a.family_id = t.family_id and a.user_id = any (t.assignees) and num_nonnulls(a.phone_e164, a.external_user_id) > 0), array[t.created_by]))
        -- The due time is part of the key, so a postponed task is reminded of again.
        cross join lateral (select format('reminder:%s:%s:%s', t.id, floor(extract(epoch from coalesce(t.remind_at, t.due_at)))::bigint, m.user_id)) as k (key)
        left join lateral last_addresses(m.user_id) last on true
        cross join lateral (
          select coalesce(t.remind_at, reminder_at(
            t.due_at, t.due_all_day, t.created_at, t.source_message_sid is not null and t.created_by = m.user_id, f.timezone, $2, $3, $4, $5))) as w (remind_at)
        cross join lateral (select w.remind_at < now() - $1::interval) as l (is_late)
        where t.status in ('open', 'in_progress')
          and ((t.remind_at at time zone 'UTC') between ((now() - interval '1 day') at time zone 'UTC') and (now() at time zone 'UTC')
            -- Where no time was said, no reminder comes more than a day before its task is due.
            or (t.remind_at is null
              and (t.due_at at time zone 'UTC') between ((now() - interval '1 day') at time zone 'UTC') and ((now() + interval '26 hours') at time zone 'UTC')))
          and w.remind_at between now() - interval '1 day' and now()
          -- A time that was said is kept, at night too.
          and (t.remind_at is not null and not l.is_late or not is_quiet((now() at time zone zone_or_utc(f.timezone))::time, $4, $5))
          -- Who changed the task since then knows of it; of a series it may just have moved on.
          and (not l.is_late or t.updated_at <= w.remind_at or t.series_id is not null)
          and m.opted_out_at is null and coalesce(last.from_address, m.phone_e164) is not null
          and not exists (select from outbound_messages o where o.message_sid = k.key and o.kind = 'reminder' and o.status <> 'pending')
        order by m.family_id, m.user_id, coalesce(t.due_at, t.remind_at), t.id limit $6
        """;

    /// <summary>
    /// An occurrence that is over and that nobody has completed becomes the next one when it is time to remind of that. Only the series' last one
    /// does. <c>$1</c> to <c>$4</c> are what <c>reminder_at</c> takes.
    /// </summary>
    private const string MoveOn =
        """
        with left_open as materialized (
          select t.id, t.occurrence, t.due_at, s, f.timezone
          from tasks t join series s on s.id = t.series_id join families f on f.id = s.family_id
          where t.series_id is not null and t.status in ('open', 'in_progress') and t.due_at < now() and s.ended_at is null
            and t.occurrence < any (s.upcoming) and not exists (select from tasks o where o.series_id = t.series_id and o.occurrence > t.occurrence))
        update tasks t set occurrence = n.date, due_at = n.due_at, due_all_day = (l.s).local_time is null, remind_at = n.remind_at
        from left_open l
        cross join lateral (
          select d as date, at.* from unnest((l.s).upcoming) d, zone_or_utc(l.timezone) zone, occurrence_at(l.s, d, zone) at
          where d > l.occurrence and at.due_at > l.due_at
            and coalesce(at.remind_at, reminder_at(at.due_at, (l.s).local_time is null, (l.s).created_at, false, zone, $1, $2, $3, $4)) <= now()
          order by d desc limit 1) n
        where t.id = l.id
        """;

    /// <returns>The reminders of a member one after another. Those that Twilio did not take before are among them.</returns>
    public async Task<IReadOnlyList<DueReminder>> FindAsync(CancellationToken cancellation)
    {
        var when = settings.Value;
        await using (var moved = database.AsService().Add(MoveOn, when.Before, when.AllDayAt, when.QuietFrom, when.QuietUntil))
            await moved.ExecuteAsync(cancellation);
        await using var batch = database.AsService()
            .Add(
                """
                update outbound_messages set status = 'failed', error_code = coalesce(error_code, 'too_late'), updated_at = now()
                where kind in ('reminder', 'task_notice') and status = 'pending' and created_at < now() - $1::interval
                """,
                when.LateAfter)
            .Add(
                Sql,
                when.LateAfter, when.Before, when.AllDayAt, when.QuietFrom, when.QuietUntil, MostAtOnce,
                app.Value.Numbers() is [var ours, ..] ? ours : null, Address.WhatsAppWindow);
        return await batch.ListAsync(
            row => new DueReminder(
                row.GetGuid(0), row.GetString(1), row.GetString(2),
                row.IsDBNull(3) ? null : new DueDate(row.GetFieldValue<DateTimeOffset>(3), row.GetBoolean(4)),
                reach.Read(row, 5),
                row.GetBoolean(13)),
            cancellation);
    }
}
