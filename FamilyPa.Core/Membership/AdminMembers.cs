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
        var created = new CreatedMember(Guid.NewGuid(), PgText.Clean(member.Name!.Trim()), member.Role!, member.Phone!);
        await using var batch = database.AsService()
            .Add(
                """
                with added as (
                  insert into family_members (family_id, user_id, display_name, role, phone_e164)
                  select f.id, $2, $3, $4, $5 from families f where f.id = $1 returning family_id, user_id)
                insert into audit_log (actor, action, family_id, details, request_id)
                select $6, 'add_member', family_id, jsonb_build_object('user_id', user_id), $7 from added
                """,
                familyId, created.UserId, created.Name, created.Role, created.Phone, actor.Name, actor.RequestId);
        try
        {
            return await batch.ExecuteAsync(cancellation) > 0 ? created : null;
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
