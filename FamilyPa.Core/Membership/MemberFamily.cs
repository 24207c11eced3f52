using System.Text.Json.Serialization;
using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace FamilyPa.Core.Membership;

/// <param name="PhoneMasked">All but the last two digits; null for a member without a phone.</param>
/// <param name="You">Whether this is the requesting member.</param>
/// <param name="Version">Increases with every change.</param>
/// <param name="Status"><c>active</c>, or <c>invited</c>: that number has not accepted, and sees and adds nothing.</param>
/// <param name="Nicknames">What the family calls the member besides.</param>
/// <param name="Notified">Whether the member gets notices of tasks that others assign to them or complete for them.</param>
/// <param name="Timezone">An IANA name; null for the family's.</param>
/// <param name="DigestAt">When the member gets a digest each day, as <c>HH:mm</c> in the member's time zone; null for none.</param>
public sealed record MemberView(
    Guid UserId, string Name, string Role, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PhoneMasked, bool You, int Version,
    string Status, IReadOnlyList<string> Nicknames, bool Notified, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Timezone,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? DigestAt);

public sealed record AskingMember(Guid UserId, string Name, string Role);

/// <param name="Version">Increases with every change of name, time zone or locale.</param>
/// <param name="Today">The current date in the family's time zone.</param>
/// <param name="Families">All families of the requesting member.</param>
public sealed record FamilyView(
    Guid Id, string Name, string Timezone, string Locale, int Version, string Today, AskingMember Me, IReadOnlyList<MemberView> Members,
    IReadOnlyList<FamilyName> Families);

public sealed record FamilyName(Guid Id, string Name);

/// <summary>Changed fields of a family; null keeps a field.</summary>
public sealed record FamilyChange(string? Name, string? Timezone, string? Locale);

/// <summary>Reads and changes the requesting member's family.</summary>
public sealed class MemberFamily(Database database, TimeProvider clock)
{
    private const string Sql =
        """
        select f.id, f.name, f.timezone, f.locale, f.version, me.user_id, me.display_name, me.role, (
          select json_agg(to_jsonb(p) - 'created_at') from family_people() p)::text,
          (select json_agg(json_build_object('id', o.id, 'name', o.name) order by o.name, o.id) from families o)::text
        from families f join family_members me on me.family_id = f.id and me.user_id = auth.uid() where f.id = (select my_family())
        """;

    public async Task<FamilyView> ReadAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(Sql);
        return (await batch.SingleAsync(Read, cancellation))!;
    }

    /// <param name="versions">Accepted versions of the family; null for any.</param>
    /// <exception cref="PostgresException"><c>insufficient_privilege</c>: the member may not change the family. FP007: the family has another version.</exception>
    public async Task<FamilyView> ChangeAsync(Identity member, int[]? versions, FamilyChange change, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member)
            .Guard("select change_family($1::int[], $2::text, $3::text, $4::text)", versions, change.Name, change.Timezone, change.Locale).Add(Sql);
        return (await batch.SingleAsync(Read, cancellation))!;
    }

    /// <summary>The family's time zone, in which local times are read, and its locale.</summary>
    public async Task<(DateTimeZone Zone, string Locale)> PlaceAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select f.timezone, f.locale from families f where f.id = (select my_family())");
        return await batch.SingleAsync(row => (TimeZones.Get(row.GetString(0)), row.GetString(1)), cancellation);
    }

    private FamilyView Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), Today(row.GetString(2)),
        new AskingMember(row.GetGuid(5), row.GetString(6), row.GetString(7)), RowJson.Read<List<MemberView>>(row.GetString(8)),
        RowJson.Read<List<FamilyName>>(row.GetString(9)));

    private string Today(string timezone) =>
        LocalDatePattern.Iso.Format(Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(TimeZones.Get(timezone)).Date);
}
