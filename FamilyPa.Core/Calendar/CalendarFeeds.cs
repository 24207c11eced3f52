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
            batch => batch.Add("select read_calendar($1, $2, $3)::text", HashOf(token), DaysBack, MostTasks),
            batch => batch.SingleAsync(row => row.IsDBNull(0) ? null : row.GetString(0), cancellation));
        return json is null ? null : CalendarText.Of(RowJson.Read<CalendarContent>(json), reminders.Value.Before);
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
