using System.Text.Json.Serialization;
using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace FamilyPa.Core.Membership;

/// <param name="PhoneMasked">All but the last two digits; null for a member without a phone.</param>
/// <param name="You">Whether it is the one who asks.</param>
/// <param name="Version">Goes up when name or role change, whoever changes them.</param>
public sealed record MemberView(
    Guid UserId, string Name, string Role, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PhoneMasked, bool You, int Version);

public sealed record AskingMember(Guid UserId, string Name, string Role);

/// <param name="Version">Goes up when name, time zone or locale change, whoever changes them.</param>
/// <param name="Today">The day it is where the family lives.</param>
public sealed record FamilyView(
    Guid Id, string Name, string Timezone, string Locale, int Version, string Today, AskingMember Me, IReadOnlyList<MemberView> Members);

/// <summary>What is to be changed of a family; null leaves it.</summary>
public sealed record FamilyChange(string? Name, string? Timezone, string? Locale);

/// <summary>A member's own family.</summary>
public sealed class MemberFamily(Database database, TimeProvider clock)
{
    private const string Sql =
        """
        select f.id, f.name, f.timezone, f.locale, f.version, me.user_id, me.display_name, me.role, (
          select json_agg(json_build_object('user_id', m.user_id, 'name', m.display_name, 'role', m.role, 'phone_masked', m.phone_masked,
              'you', m.user_id = me.user_id, 'version', m.version)
            order by m.created_at, m.user_id)
          from family_members m where m.family_id = f.id)::text
        from families f join family_members me on me.family_id = f.id and me.user_id = auth.uid() where f.id = (select my_family())
        """;

    public async Task<FamilyView> ReadAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(Sql);
        return (await batch.SingleAsync(Read, cancellation))!;
    }

    /// <param name="versions">The family must be at one of them; null: at any.</param>
    /// <exception cref="PostgresException"><c>insufficient_privilege</c>: it is not this member's to change; FP007: it is at another version.</exception>
    public async Task<FamilyView> ChangeAsync(Identity member, int[]? versions, FamilyChange change, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member)
            .Guard("select change_family($1::int[], $2::text, $3::text, $4::text)", versions, change.Name, change.Timezone, change.Locale).Add(Sql);
        return (await batch.SingleAsync(Read, cancellation))!;
    }

    /// <summary>Where the family lives, which local times are read by, and how it writes.</summary>
    public async Task<(DateTimeZone Zone, string Locale)> PlaceAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select f.timezone, f.locale from families f where f.id = (select my_family())");
        return await batch.SingleAsync(row => (TimeZones.Get(row.GetString(0)), row.GetString(1)), cancellation);
    }

    private FamilyView Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), Today(row.GetString(2)),
        new AskingMember(row.GetGuid(5), row.GetString(6), row.GetString(7)), RowJson.Read<List<MemberView>>(row.GetString(8)));

    private string Today(string timezone) =>
        LocalDatePattern.Iso.Format(Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(TimeZones.Get(timezone)).Date);
}
