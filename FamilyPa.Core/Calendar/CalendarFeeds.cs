using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Calendar;

/// <param name="Scope">One of <see cref="CalendarFeeds.Scopes"/>.</param>
/// <param name="CreatedAt">When it got its address; null when it has none.</param>
public sealed record CalendarFeed(string Scope, DateTimeOffset? CreatedAt);

/// <summary>The addresses from which members' calendar programs read tasks. An address grants the rights of its member.</summary>
public sealed class CalendarFeeds(
    Database database, CallerLimits limits, IOptions<AppSettings> app, IOptions<ReminderSettings> reminders, IOptions<CalendarSettings> settings)
{
    /// <summary>Tasks that were due longer ago are left out.</summary>
    private const int DaysBack = 90;

    /// <summary>Events of one calendar.</summary>
    private const int MostTasks = 2000;

    private const string BecomeMember =
        """
        select set_config('request.jwt.claims', json_build_object('sub', c.user_id, 'role', 'authenticated', 'family_id', c.family_id, 'scope', c.scope)::text, true),
          set_config('role', 'authenticated', true)
        from (select) one left join calendar_feeds c on c.token_hash = $1
        """;

    private const string Tasks =
        """
        select json_build_object('family', f.name, 'timezone', f.timezone, 'scope', feed.scope, 'tasks', (
          select coalesce(json_agg(d order by d.due_at, d.id), '[]') from (
            select t.id, t.title, t.notes, t.category, nullif(array_to_string(assignee_names(t), ', '), '') as assignee, t.due_at, t.due_all_day, t.remind_at, t.status = 'done' as done,
              t.needs_review, t.created_at, t.updated_at, t.version, (
                select json_build_object('id', s.id, 'title', s.title, 'notes', s.notes, 'category', s.category, 'rule', s.rule, 'starts', s.starts, 'local_time', s.local_time,
                  'remind_before', extract(epoch from s.remind_before), 'after', greatest(t.occurrence, (now() at time zone zone_or_utc(f.timezone))::date - 1))
                from series s
                where s.id = t.series_id and s.ended_at is null and t.status in ('open', 'in_progress') and s.rule not like 'AFTER_DONE%'
                  and not exists (select from tasks l where l.series_id = s.id and l.occurrence > t.occurrence)) as later
            from tasks t
            where t.family_id = f.id and t.status <> 'canceled' and t.due_at > now() - make_interval(days => $1)
              and (feed.scope = 'family' or feed.sub = any (coalesce(nullif(t.assignees, '{}'), array[t.created_by])))
            order by t.due_at, t.id limit $2) d))::text
        from jsonb_to_record(current_setting('request.jwt.claims')::jsonb) as feed (sub uuid, family_id uuid, scope text) join families f on f.id = feed.family_id
        """;

    /// <summary>What a feed has: the tasks of which the member is reminded, or the whole family's.</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["mine", "family"];

    public async Task<IReadOnlyList<CalendarFeed>> ListAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select scope, created_at from my_calendar_feeds()");
        var feeds = await batch.ListAsync(row => new CalendarFeed(row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation);
        return [.. Scopes.Select(scope => feeds.Find(feed => feed.Scope == scope) ?? new CalendarFeed(scope, null))];
    }

    /// <summary>Gives a feed a new address, which is stored as a hash and so is shown only now. A former address ends.</summary>
    public async Task<Uri> RenewAsync(Identity member, string scope, CancellationToken cancellation)
    {
        var token = $"{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}.ics";
        await using var batch = database.AsMember(member).Add("select renew_calendar_feed($1, $2)", scope, HashOf(token));
        await batch.ExecuteAsync(cancellation);
        return new Uri($"{app.Value.PublicBaseUrl.TrimEnd('/')}/api/calendar/{token}");
    }

    public async Task RevokeAsync(Identity member, string scope, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select renew_calendar_feed($1, null)", scope);
        await batch.ExecuteAsync(cancellation);
    }

    /// <summary>The calendar at an address, as RFC 5545 text.</summary>
    /// <param name="token">The address's last segment. A malformed one is looked up too, so that all unknown addresses cost the same.</param>
    /// <returns>Null when there is no such address.</returns>
    /// <exception cref="TooManyTriesException"/>
    public async Task<string?> ReadAsync(string token, IReadOnlyList<CallerNetwork> caller, CancellationToken cancellation)
    {
        var json = await limits.RunAsync(
            database, "calendar_of_address", caller, TimeSpan.FromMinutes(10), settings.Value.ReadsPerAddress,
            // From here on, the transaction is the feed's member under row security. For an unknown token it is nobody: the same statement runs and finds nothing.
            batch => batch.Guard(BecomeMember, HashOf(token)).Add(Tasks, DaysBack, MostTasks),
            batch => batch.SingleAsync(row => row.GetString(0), cancellation));
        return json is null ? null : CalendarText.Of(RowJson.Read<CalendarContent>(json), reminders.Value.Before);
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
