using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Limits;

/// <summary>Every limit with where it stands now, what it holds back, and when it last acted: for operators.</summary>
public sealed class LimitsOverview(Database database, IOptions<LimitSettings> limits)
{
    private const string Sql =
        """
        select jsonb_build_object(
          'at', now(),
          'rates', (
            select jsonb_agg(jsonb_build_object('limit', 'rate_' || w.scope, 'limit_value', w.most, 'since', w.since,
              'accepted', coalesce(c.counted, 0), 'throttled', coalesce(c.throttled, 0), 'dropped', coalesce(c.dropped, 0)) order by w.ordinality)
            from unnest(rate_windows(null, null, row($1, $2, $3, $11, $12)::rate_limits) || day_window('strangers', '', null, $12)) with ordinality w
            cross join lateral (
              -- For the limit of a family: the messages of the busiest family.
              select max(k.counted) as counted, sum(k.throttled) as throttled, sum(k.dropped) as dropped
              from (select sum(counted) as counted, sum(throttled) as throttled, sum(dropped) as dropped
                    from rate_counters where scope = w.scope and since >= w.since group by key) k) c
            where w.scope <> 'sender'),
          'senders', jsonb_build_object('limit', 'rate_sender', 'limit_value', $1, 'failures_limit', $6, 'pause_seconds', extract(epoch from $7::interval),
            'over', (select coalesce(jsonb_agg(jsonb_build_object('family_id', c.family_id, 'user_id', c.key, 'value', c.counted)), '[]')
                     from rate_counters c where c.scope = 'sender' and c.since = date_trunc('minute', now(), 'UTC') and c.counted > $1),
            'paused', (select coalesce(jsonb_agg(jsonb_build_object('family_id', l.family_id, 'user_id', l.user_id, 'failures', l.failures, 'until', l.failed_at + $7::interval)), '[]')
                       from sender_limits l where l.failures >= $6 and l.failed_at + $7::interval > now())),
          'slots', jsonb_build_object('limit_value', $4, 'value', (select count(*) from job_slots s where s.leased_until > clock_timestamp()),
            'families', (select coalesce(jsonb_agg(jsonb_build_object('family_id', s.family_id, 'slots', s.slots)), '[]') from (
              select family_id, count(*) as slots from job_slots where leased_until > clock_timestamp() and family_id is not null group by family_id) s)),
          'breakers', (select jsonb_agg(to_jsonb(b) - 'failing' - 'probe_token' || jsonb_build_object('messages', cardinality(b.failing), 'limit_value', $5) order by b.dependency) from breakers b),
          'budgets', jsonb_build_object(
            'family_default_usd', $8, 'global', jsonb_build_object('limit_usd', $9, 'day', local_day('UTC', now()),
              'spent_usd', coalesce((select b.spent_usd from budget_days b where b.family_id is null and b.day = local_day('UTC', now())), 0),
              'reserved_usd', coalesce((select b.reserved_usd from budget_days b where b.family_id is null and b.day = local_day('UTC', now())), 0)),
            'families', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
              select b.family_id, b.day, coalesce(o.daily_usd, $8) as limit_usd, b.spent_usd, b.reserved_usd, b.alerted
              from budget_days b join families f on f.id = b.family_id left join family_budgets o on o.family_id = f.id
              where b.day >= local_day('UTC', now()) - 1 and b.day = local_day(f.timezone, now()) order by b.spent_usd + b.reserved_usd desc limit 50) t)),
          'waiting', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
            select j.status, j.status_reason as reason, count(*) as messages, min(j.received_at) as oldest_at, min(j.resume_at) as resume_at
            from processing_jobs j where j.status in ('deferred', 'throttled') group by j.status, j.status_reason) t),
          'verification_failures', jsonb_build_object('limit_value', $10, 'last_hour',
            (select coalesce(sum(v.failures), 0) from verification_failures v where v.minute > now() - interval '1 hour')),
          'alerts', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
            select a.at, a.limit_name as limit, a.family_id, a.since, a.percent, a.limit_value, a.value from limit_alerts a order by a.at desc limit 50) t))::text
        """;

    /// <returns>One JSON document; no phone number and nothing that was written is in it.</returns>
    public async Task<string> ReadAsync(CancellationToken cancellation)
    {
        var now = limits.Value;
        await using var batch = database.AsService().Add(
            Sql, now.SenderPerMinute, now.GlobalPerHour, now.GlobalPerDay, now.MaxConcurrentJobs, now.BreakerFailures, now.SenderFailures, now.SenderPause,
            now.DefaultFamilyBudgetUsd, now.DailyCostGlobalUsd, now.VerificationFailuresPerMinutePerAddress, now.FamilySharePercent, now.StrangersPerDay);
        return (await batch.SingleAsync(row => row.GetString(0), cancellation))!;
    }
}
