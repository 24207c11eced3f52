using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Limits;

/// <param name="DailyUsd">What AI may cost it in a day.</param>
/// <param name="IsDefault">It has no budget of its own.</param>
/// <param name="Day">Today, where the family lives.</param>
/// <param name="NextDayAt">When the next day begins there, and with it the next budget.</param>
/// <param name="Deferred">Messages that wait for that.</param>
public sealed record FamilyBudget(
    Guid FamilyId, decimal DailyUsd, bool IsDefault, DateOnly Day, decimal SpentUsd, decimal ReservedUsd, DateTimeOffset NextDayAt, long Deferred);

/// <summary>Families' daily budgets, as operators see and change them. Each change is noted, and what waited for it goes on at once.</summary>
public sealed class AdminBudgets(Database database, DeferredJobDispatcher dispatcher, IOptions<LimitSettings> limits, ILogger<AdminBudgets> log)
{
    /// <returns>Null when there is no such family.</returns>
    public async Task<FamilyBudget?> ReadAsync(Guid familyId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select f.id, coalesce(o.daily_usd, $2), o.daily_usd is null, local_day(f.timezone, now()), coalesce(b.spent_usd, 0), coalesce(b.reserved_usd, 0),
                   next_local_midnight(f.timezone, now()),
                   (select count(*) from processing_jobs j where j.family_id = f.id and j.status = 'deferred' and j.status_reason in ('budget_family', 'budget_global'))
            from families f
            left join family_budgets o on o.family_id = f.id
            left join budget_days b on b.family_id = f.id and b.day = local_day(f.timezone, now())
            where f.id = $1
            """,
            familyId, limits.Value.DefaultFamilyBudgetUsd);
        return await batch.SingleAsync(Read, cancellation);
    }

    /// <param name="dailyUsd">Null: the default again.</param>
    /// <returns>Null when there is no such family.</returns>
    public async Task<FamilyBudget?> SetAsync(Guid familyId, decimal? dailyUsd, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Add("delete from family_budgets where family_id = $1", familyId)
            .Add("insert into family_budgets (family_id, daily_usd) select id, $2::numeric from families where id = $1 and $2::numeric is not null", familyId, dailyUsd)
            .Add(
                """
                update budget_days b set limit_usd = n.usd,
                  alerted = case when b.spent_usd + b.reserved_usd < 0.8 * n.usd then 0 when b.spent_usd + b.reserved_usd < n.usd then 80 else b.alerted end
                from families f, (select coalesce($2::numeric, $3::numeric) as usd) n
                where f.id = $1 and b.family_id = f.id and b.day = local_day(f.timezone, now())
                """,
                familyId, dailyUsd, limits.Value.DefaultFamilyBudgetUsd)
            .Add(
                """
                insert into audit_log (actor, action, family_id, details, request_id)
                select $3, 'set_budget', id, jsonb_build_object('daily_usd', $2::numeric), $4 from families where id = $1
                """,
                familyId, dailyUsd, actor.Name, actor.RequestId);
        if (await batch.ExecuteAsync(cancellation) == 0)
            return null;
        log.LimitChanged("budget_family", familyId, actor.RequestId);
        await ReleaseAsync(familyId, actor, cancellation);
        return await ReadAsync(familyId, cancellation);
    }

    /// <summary>Has messages that wait for the next day try again now. What does not fit into the budget waits again.</summary>
    /// <param name="familyId">Null: those of all families.</param>
    /// <returns>How many.</returns>
    public async Task<long> ReleaseAsync(Guid? familyId, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            $"""
            with due as ({MakeDue("d.status_reason in ('budget_family', 'budget_global') and ($1::uuid is null or d.family_id = $1)")} returning 1),
            released as (select count(*) as messages from due),
            audited as (
              insert into audit_log (actor, action, family_id, details, request_id)
              select $2, 'release_deferred', $1, jsonb_build_object('messages', messages), $3 from released)
            select messages from released
            """,
            familyId, actor.Name, actor.RequestId);
        var released = await batch.SingleAsync(row => row.GetInt64(0), cancellation);
        log.LimitChanged("deferred_messages", familyId, actor.RequestId);
        if (released > 0)
            await dispatcher.ResumeAsync(probes: false, CancellationToken.None);
        return released;
    }

    /// <summary>Lets the next message probe a service with an open breaker.</summary>
    /// <returns>Whether its breaker was open.</returns>
    public async Task<bool> TryAgainAsync(string dependency, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Add(
                "insert into audit_log (actor, action, details, request_id) values ($2, 'try_again', jsonb_build_object('dependency', $1::text), $3)",
                dependency, actor.Name, actor.RequestId)
            .Add(MakeDue("d.status_reason = 'breaker_open' and d.current_phase = (select phase from breakers where dependency = $1)"), dependency)
            .Add("update breakers set retry_at = now() where dependency = $1 and state = 'open'", dependency);
        var wasOpen = await batch.ExecuteAsync(cancellation) > 0;
        log.LimitChanged($"breaker_{dependency}", null, actor.RequestId);
        if (wasOpen)
            await dispatcher.ResumeAsync(probes: true, CancellationToken.None);
        return wasOpen;
    }

    private static string MakeDue(string which) =>
        $"""
        update processing_jobs j set resume_at = now(), dispatched_at = null
        where j.id in (
          select d.id from processing_jobs d where d.status = 'deferred' and d.resume_at > now() and {which} order by d.received_at desc, d.message_sid desc for update of d)
        """;

    private static FamilyBudget Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetDecimal(1), row.GetBoolean(2), row.GetFieldValue<DateOnly>(3), row.GetDecimal(4), row.GetDecimal(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetInt64(7));
}
