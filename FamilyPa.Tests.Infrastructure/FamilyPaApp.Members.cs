using System.Security.Cryptography;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Adds a family whose members have unique phone numbers.</summary>
    /// <param name="roles">The members' roles, in order.</param>
    public async Task<TestFamily> AddFamilyAsync(params string[] roles)
    {
        var family = new TestFamily(
            Guid.NewGuid(), [.. roles.Select((role, i) => new TestMember(Guid.NewGuid(), $"{role} {i}", role, NewPhone()))]);
        await Database.ExecuteAsync("insert into families (id, name, timezone, locale) values ($1, 'The Smiths', 'Europe/London', 'en-GB')", family.Id);
        foreach (var (member, i) in family.Members.Select((member, i) => (member, i)))
        {
            await Database.ExecuteAsync(
                "insert into family_members (family_id, user_id, display_name, role, phone_e164, created_at) values ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')",
                family.Id, member.UserId, member.Name, member.Role, member.Phone, i);
        }

        return family;
    }

    /// <summary>Signs a member in without a code.</summary>
    public async Task<MemberClient> SignInAsync(TestMember member) => new(this, await TokenAsync(member.UserId));

    /// <summary>Creates a session and returns its token.</summary>
    public async Task<string> TokenAsync(Guid userId, string signingKey = SessionSigningKey)
    {
        var session = Guid.NewGuid();
        await Database.ExecuteAsync(
            "insert into sessions (id, family_id, user_id, expires_at) select $1, family_id, user_id, now() + interval '30 days' from family_members where user_id = $2 order by created_at limit 1",
            session, userId);
        return Tokens(signingKey).Create(userId, session, DateTimeOffset.UtcNow.AddDays(30));
    }

    public static SessionTokens Tokens(string signingKey = SessionSigningKey) =>
        new(new SessionKeys(Options.Create(new AppSettings { SessionSigningKey = signingKey })));

    public static string NewPhone() => $"+4477{RandomNumberGenerator.GetInt32(10_000_000, 100_000_000)}";
}

public sealed record TestMember(Guid UserId, string Name, string Role, string Phone);

public sealed record TestFamily(Guid Id, IReadOnlyList<TestMember> Members)
{
    public TestMember Of(string role) => Members.First(member => member.Role == role);
}
