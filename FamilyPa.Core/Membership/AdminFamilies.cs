using System.Globalization;
using System.Text.RegularExpressions;
using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Npgsql;

namespace FamilyPa.Core.Membership;

/// <param name="Phone">Null for a member who has none, such as a child.</param>
/// <param name="ExternalUserId">WhatsApp's business-scoped id of the member, beside the phone or instead of it.</param>
public sealed record NewMember(string? Name, string? Role, string? Phone, string? ExternalUserId = null, IReadOnlyList<string>? Nicknames = null);

public sealed record NewFamily(string? Name, string? Timezone, string? Locale, IReadOnlyList<NewMember>? Members);

public sealed record CreatedMember(Guid UserId, string Name, string Role, string? Phone, string? ExternalUserId, IReadOnlyList<string> Nicknames)
{
    /// <param name="member">Validated.</param>
    public static CreatedMember Of(NewMember member) => new(
        Guid.NewGuid(), PgText.Clean(member.Name!.Trim()), member.Role!, member.Phone is { } phone ? E164Phone.Canonical(phone) : null,
        member.ExternalUserId, AdminFamilies.Clean(member.Nicknames ?? []));
}

public sealed record CreatedFamily(Guid Id, string Name, string Timezone, string Locale, IReadOnlyList<CreatedMember> Members);

/// <summary>The phone number or business-scoped id already belongs to another member.</summary>
public sealed class PhoneTakenException() : Exception("A phone number is already a member's.");

/// <summary>Creates families for operators.</summary>
public sealed partial class AdminFamilies(Database database)
{
    private const int MostMembers = 50;

    /// <summary>The validation errors by field; empty when the family is valid.</summary>
    public static Dictionary<string, string[]> Validate(NewFamily family)
    {
        var wrong = new Dictionary<string, string[]>();
        if (family.Name?.Trim() is not { Length: >= 1 and <= 200 })
            wrong["name"] = ["1 to 200 characters"];
        if (family.Timezone is null || !TimeZones.IsKnown(family.Timezone))
            wrong["timezone"] = ["an IANA time zone, for example Europe/London"];
        if (family.Locale is { } locale && !IsLocale(locale))
            wrong["locale"] = ["a language tag, for example en-GB"];
        var members = family.Members ?? [];
        if (members.Count is 0 or > MostMembers)
            wrong["members"] = [$"1 to {MostMembers} members"];
        else if (!members.Any(member => member.Role == "owner"))
            wrong["members"] = ["at least one member with the role owner"];
        for (var i = 0; i < members.Count; i++)
        {
            foreach (var (field, why) in Validate(members[i]))
                wrong[$"members[{i}].{field}"] = why;
        }

        return wrong;
    }

    /// <summary>The validation errors by field; empty when the member is valid.</summary>
    public static Dictionary<string, string[]> Validate(NewMember member)
    {
        var wrong = new Dictionary<string, string[]>();
        if (member.Name?.Trim() is not { Length: >= 1 and <= 100 })
            wrong["name"] = ["1 to 100 characters"];
        if (member.Role is not ("owner" or "admin" or "member"))
            wrong["role"] = ["owner, admin or member"];
        if (member.Phone is { } phone ? !E164().IsMatch(phone) : member is { ExternalUserId: null, Role: not "member" })
            wrong["phone"] = ["a phone number in E.164, for example +447700900123; only a member may have none"];
        if (member.ExternalUserId is { } id && Address.ExternalIdOf(id) != id)
            wrong["external_user_id"] = ["WhatsApp's business-scoped id, for example US.ABC123"];
        if (member.Nicknames is { } nicknames && !AreNicknames(nicknames))
            wrong["nicknames"] = ["at most 10 of 1 to 50 characters"];
        return wrong;
    }

    internal static bool AreNicknames(IReadOnlyList<string> nicknames) =>
        nicknames.Count <= 10 && nicknames.All(nickname => nickname?.Trim() is { Length: >= 1 and <= 50 });

    internal static string[] Clean(IReadOnlyList<string> nicknames) => [.. nicknames.Select(nickname => PgText.Clean(nickname.Trim())).Distinct()];

    /// <param name="family">Validated.</param>
    /// <exception cref="PhoneTakenException"/>
    public async Task<CreatedFamily> CreateAsync(NewFamily family, Actor actor, CancellationToken cancellation)
    {
        var created = new CreatedFamily(
            Guid.NewGuid(), family.Name!.Trim(), family.Timezone!, family.Locale ?? "en",
            [.. family.Members!.Select(CreatedMember.Of)]);
        await using var batch = database.AsService().Add(
            "insert into families (id, name, timezone, locale) values ($1, $2, $3, $4)", created.Id, PgText.Clean(created.Name), created.Timezone, created.Locale);
        foreach (var member in created.Members)
        {
            batch.Add(
                """
                insert into family_members (family_id, user_id, display_name, role, phone_e164, external_user_id, nicknames)
                values ($1, $2, $3, $4, $5::text, $6::text, $7)
                """,
                created.Id, member.UserId, member.Name, member.Role, member.Phone, member.ExternalUserId, member.Nicknames);
        }

        batch.Add("insert into audit_log (actor, action, family_id, request_id) values ($2, 'create_family', $1, $3)", created.Id, actor.Name, actor.RequestId)
            .Add("select user_id, phone_e164, external_user_id from family_members where family_id = $1", created.Id);
        try
        {
            // A member of other families keeps their id.
            var stored = await batch.ListAsync(
                row => (UserId: row.GetGuid(0), Addresses: new[] { row.Get<string?>("phone_e164"), row.Get<string?>("external_user_id") }), cancellation);
            return created with
            {
                Members = [.. created.Members.Select(member => member with
                {
                    UserId = stored.First(one => one.UserId == member.UserId || one.Addresses.Contains(member.Phone ?? member.ExternalUserId ?? "")).UserId,
                })],
            };
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new PhoneTakenException();
        }
    }

    /// <summary>Whether .NET knows the language tag and so can format its dates.</summary>
    public static bool IsLocale(string tag)
    {
        try
        {
            return CultureInfo.GetCultureInfo(tag, predefinedOnly: true).Name.Length > 0;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
