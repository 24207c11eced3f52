using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Canary;

/// <summary>The family that the canary is of: its one member gets no replies, and what it writes is understood without a model.</summary>
public sealed class CanaryFamily(Database database)
{
    /// <summary>Of no country, so nobody's.</summary>
    public const string Phone = "+99900000000001";

    private static readonly Guid Id = new("ca4a4900-0000-4000-8000-000000000001");

    internal static bool Is(Family family) => family.Id == Id;

    /// <summary>
    /// Makes it anew, so that no more than one canary is ever kept. Not while an earlier one is still on its way: that one must find its family.
    /// Its member has opted out, and so is never replied to.
    /// </summary>
    internal async Task RenewAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Add(
                """
                select delete_family($1, '{}')
                where not exists (select from processing_jobs where family_id = $1 and status not in ('done', 'rejected', 'failed'))
                """,
                Id)
            .Add("insert into families (id, name, timezone) values ($1, 'Canary', 'UTC') on conflict do nothing", Id)
            .Add(
                """
                insert into family_members (family_id, user_id, display_name, role, phone_e164, opted_out_at) values ($1, $1, 'Canary', 'owner', $2, now())
                on conflict do nothing
                """,
                Id, Phone);
        await batch.ExecuteAsync(cancellation);
    }
}
