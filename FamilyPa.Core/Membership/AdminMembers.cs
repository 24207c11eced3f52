using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.Membership;

/// <summary>The result of removing a member.</summary>
public enum Removal
{
    Removed,
    Unknown,
    LastOwner,
}

/// <summary>Adds and removes members of families for operators. They vouch for whom they add, so that member need not accept.</summary>
public sealed class AdminMembers(Database database)
{
    private const string LastOwner = "FP002";

    /// <param name="member">Validated.</param>
    /// <returns>Null when there is no such family.</returns>
    /// <exception cref="PhoneTakenException"/>
    /// <exception cref="FamilyFullException"/>
    public async Task<CreatedMember?> AddAsync(Guid familyId, NewMember member, Actor actor, CancellationToken cancellation)
    {
        var created = CreatedMember.Of(member);
        await using var batch = database.AsService()
            .Add(
                """
                with added as (
                  insert into family_members (family_id, user_id, display_name, role, phone_e164, external_user_id, nicknames)
                  select f.id, $2, $3, $4, $5::text, $8::text, $9 from families f where f.id = $1 returning family_id, user_id)
                insert into audit_log (actor, action, family_id, details, request_id)
                select $6, 'add_member', family_id, jsonb_build_object('user_id', user_id), $7 from added
                returning (details ->> 'user_id')::uuid
                """,
                familyId, created.UserId, created.Name, created.Role, created.Phone, actor.Name, actor.RequestId, created.ExternalUserId, created.Nicknames);
        try
        {
            // A member of other families keeps their id.
            return await batch.SingleAsync(row => created with { UserId = row.GetGuid(0) }, cancellation);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new PhoneTakenException();
        }
        catch (PostgresException e) when (e.SqlState == MemberManagement.FamilyFull)
        {
            throw new FamilyFullException();
        }
    }

    /// <param name="externalUserId">Valid; empty removes it, null keeps it.</param>
    /// <param name="nicknames">Valid; null keeps them.</param>
    /// <param name="timezone">Known; empty for the family's, null keeps it.</param>
    /// <returns>Whether there is such a member.</returns>
    /// <exception cref="PhoneTakenException">Another member has that id.</exception>
    public async Task<bool> ChangeAsync(
        Guid familyId, Guid userId, string? externalUserId, IReadOnlyList<string>? nicknames, string? timezone, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            with changed as (
              update family_members m set external_user_id = case when $3::text is null then m.external_user_id else nullif($3, '') end,
                nicknames = coalesce($4::text[], m.nicknames),
                timezone = case when $7::text is null then m.timezone else nullif($7, '') end
              where m.family_id = $1 and m.user_id = $2 returning m.family_id, m.user_id)
            insert into audit_log (actor, action, family_id, details, request_id)
            select $5, 'change_member', family_id, jsonb_build_object('user_id', user_id), $6 from changed
            """,
            familyId, userId, externalUserId, nicknames is null ? null : AdminFamilies.Clean(nicknames), actor.Name, actor.RequestId, timezone);
        try
        {
            return await batch.ExecuteAsync(cancellation) > 0;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new PhoneTakenException();
        }
    }

    /// <summary>The database unassigns the member's tasks and ends the member's sessions.</summary>
    public async Task<Removal> RemoveAsync(Guid familyId, Guid userId, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            with removed as (delete from family_members where family_id = $1 and user_id = $2 returning family_id, user_id)
            insert into audit_log (actor, action, family_id, details, request_id)
            select $3, 'remove_member', family_id, jsonb_build_object('user_id', user_id), $4 from removed
            """,
            familyId, userId, actor.Name, actor.RequestId);
        try
        {
            return await batch.ExecuteAsync(cancellation) > 0 ? Removal.Removed : Removal.Unknown;
        }
        catch (PostgresException e) when (e.SqlState == LastOwner)
        {
            return Removal.LastOwner;
        }
    }
}
