using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Npgsql;

namespace FamilyPa.Core.Membership;

/// <param name="Phone">Masked to the last two digits; null for a member without one. Likewise <paramref name="ExternalUserId"/>.</param>
public sealed record MemberSummary(
    Guid UserId, string Name, string Role, string? Phone, string? ExternalUserId, IReadOnlyList<string> Nicknames, string? Timezone, DateTimeOffset? LastInboundAt, bool OptedOut,
    DateTimeOffset CreatedAt);

/// <param name="CostUsd">Of all AI calls so far.</param>
/// <param name="Members">Null in a list of families.</param>
public sealed record FamilySummary(
    Guid Id, string Name, string Timezone, string Locale, DateTimeOffset CreatedAt,
    long MemberCount, long MessageCount, long TaskCount, decimal CostUsd, DateTimeOffset? LastMessageAt, IReadOnlyList<MemberSummary>? Members);

/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record FamilyPage(IReadOnlyList<FamilySummary> Families, Guid? Next);

/// <summary>Reads families for operators. The audit log records each read.</summary>
public sealed class AdminFamilyOverview(Database database)
{
    private const string Columns =
        """
        f.id, f.name, f.timezone, f.locale, f.created_at,
        (select count(*) from family_members m where m.family_id = f.id),
        (select count(*) from inbound_messages i where i.family_id = f.id),
        (select count(*) from tasks t where t.family_id = f.id),
        (select coalesce(sum(u.cost_usd), 0) from ai_usage u where u.family_id = f.id),
        (select max(m.last_inbound_at) from family_members m where m.family_id = f.id)
        """;

    /// <param name="after">The last id of the previous page.</param>
    public async Task<FamilyPage> ListAsync(Guid? after, int limit, Actor actor, CancellationToken cancellation)
    {
        await using var batch = Audited("list_families", null, actor).Add(
            $"select {Columns}, null from families f where $1::uuid is null or f.id > $1::uuid order by f.id limit $2", after, limit);
        var families = await batch.ListAsync(Read, cancellation);
        return new FamilyPage(families, families.Count == limit ? families[^1].Id : null);
    }

    /// <returns>Null when there is no such family.</returns>
    public async Task<FamilySummary?> FindAsync(Guid familyId, Actor actor, CancellationToken cancellation)
    {
        await using var batch = Audited("read_family", familyId, actor).Add(
            $"""
            select {Columns}, (
              select json_agg(json_build_object('user_id', m.user_id, 'name', m.display_name, 'role', m.role, 'phone', m.phone_e164,
                'external_user_id', m.external_user_id, 'nicknames', m.nicknames, 'timezone', m.timezone,
                'last_inbound_at', m.last_inbound_at, 'opted_out', m.opted_out_at is not null, 'created_at', m.created_at) order by m.created_at, m.user_id)
              from family_members m where m.family_id = f.id)::text
            from families f where f.id = $1
            """,
            familyId);
        return await batch.SingleAsync(Read, cancellation);
    }

    private DatabaseBatch Audited(string action, Guid? familyId, Actor actor) => database.AsService().Add(
        "insert into audit_log (actor, action, family_id, request_id) values ($1, $2, $3, $4)", actor.Name, action, familyId, actor.RequestId);

    private static FamilySummary Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
        row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetDecimal(8), row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
        row.IsDBNull(10) ? null : RowJson.Read<List<MemberSummary>>(row.GetString(10))
            .ConvertAll(member => member with { Phone = Address.Mask(member.Phone), ExternalUserId = Address.Mask(member.ExternalUserId) }));
}
