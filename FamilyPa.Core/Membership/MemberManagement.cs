using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Notifications;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Membership;

/// <summary>The family has the maximum number of members.</summary>
public sealed class FamilyFullException() : Exception("The family has the maximum number of members.");

/// <summary>The family's members have added as many members today as they may.</summary>
public sealed class TooManyAdditionsException() : Exception("Too many members were added today.");

/// <summary>Changed fields of a member; null keeps a field.</summary>
/// <param name="Timezone">An IANA name; empty for the family's.</param>
/// <param name="DigestAt">As <c>HH:mm</c>; empty for no digest. Of the requesting member only.</param>
public sealed record MemberChange(string? Name, string? Role, string[]? Nicknames, bool? Notified, string? Timezone, string? DigestAt);

/// <param name="Invited">Whether the invitation is queued.</param>
public sealed record AddedMember(MemberView Member, bool Invited);

/// <summary>The members of the requesting member's family. The database checks permissions (<c>insufficient_privilege</c>, FP002, FP005, FP007).</summary>
public sealed class MemberManagement(
    Database database, NotificationQueue notifications, IOptions<LimitSettings> limits, ILogger<MemberManagement> log)
{
    internal const string FamilyFull = "FP008";
    private const string TooManyAdditions = "FP009";

    private const string Columns = "m.user_id, m.display_name, m.role, m.phone_masked, m.user_id = auth.uid(), m.version, 'active', m.nicknames, m.notified, m.timezone, to_char(m.digest_at, 'HH24:MI')";

    public async Task<IReadOnlyList<MemberView>> ListAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select * from family_people()");
        return await batch.ListAsync(Read, cancellation);
    }

    /// <summary>Invites a member, whom the number itself makes one. The answer is the same whether or not the number is a member elsewhere.</summary>
    /// <param name="phone">In E.164; null for a member who has none, such as a child, and is not invited.</param>
    /// <exception cref="PhoneTakenException">By the same family: a member, or invited already.</exception>
    /// <exception cref="FamilyFullException"/>
    /// <exception cref="TooManyAdditionsException"/>
    /// <exception cref="PostgresException">FP004: a different request used the same key.</exception>
    /// <remarks>A repeated request queues the invitation again, because the first may have failed before it. The invitation is sent only once.</remarks>
    public async Task<AddedMember> AddAsync(Identity member, string name, string role, string? phone, IdempotencyKey? key, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add(
            "select add_member($1, $2, $3::text, $4, $5::text, $6::bytea)::text", name, role, phone, limits.Value.AdditionsPerFamilyPerDay, key?.Key, key?.RequestHash);
        try
        {
            var added = (await batch.SingleAsync(row => RowJson.Read<MemberView>(row.GetString(0)), cancellation))!;
            return new AddedMember(added, added.Status == "invited" && await InviteAsync(added.UserId));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new PhoneTakenException();
        }
        catch (PostgresException e) when (e.SqlState == FamilyFull)
        {
            throw new FamilyFullException();
        }
        catch (PostgresException e) when (e.SqlState == TooManyAdditions)
        {
            throw new TooManyAdditionsException();
        }
    }

    /// <param name="versions">Accepted versions of the changed member; null for any.</param>
    public async Task<MemberView> ChangeAsync(Identity member, Guid userId, int[]? versions, MemberChange change, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member)
            .Guard(
                "select change_member($1::int[], $2, $3::text, $4::text, $5::text[], $6::boolean, $7::text, $8::text)",
                versions, userId, change.Name, change.Role, change.Nicknames, change.Notified, change.Timezone, change.DigestAt)
            .Add($"select {Columns} from family_members m where m.family_id = (select my_family()) and m.user_id = $1", userId);
        return (await batch.SingleAsync(Read, cancellation))!;
    }

    /// <summary>The database unassigns the member's tasks and ends the member's sessions.</summary>
    public async Task RemoveAsync(Identity member, Guid userId, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select remove_member($1)", userId);
        await batch.ExecuteAsync(cancellation);
    }

    /// <remarks>The invitation is already stored, so a queue failure must not fail the request.</remarks>
    private async Task<bool> InviteAsync(Guid userId)
    {
        try
        {
            await notifications.SendAsync(new Notification(NotificationKind.Invitation, userId), CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is Azure.RequestFailedException or AggregateException or OperationCanceledException)
        {
            log.NotificationNotSent(nameof(NotificationKind.Invitation), userId, ErrorCode.Of(e));
            return false;
        }
    }

    private static MemberView Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetBoolean(4), row.GetInt32(5), row.GetString(6),
            row.GetFieldValue<string[]>(7), row.GetBoolean(8), row.IsDBNull(9) ? null : row.GetString(9), row.IsDBNull(10) ? null : row.GetString(10));
}
