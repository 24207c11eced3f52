using FamilyPa.Core.Families;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Canary;

/// <summary>The canary's family. Its one member gets no replies, and its messages are extracted without a model.</summary>
public sealed class CanaryFamily(Database database)
{
    /// <summary>The country code +999 is not assigned, so the number belongs to no one.</summary>
    public const string Phone = "+99900000000001";

    /// <remarks><c>delete_canary_family</c> names it too.</remarks>
    private static readonly Guid Id = new("ca4a4900-0000-4000-8000-000000000001");

    internal static bool Is(Family family) => family.Id == Id;

    /// <summary>
    /// Recreates the family, so that at most one canary is stored. Skips this while an earlier canary is in progress, which needs its family.
    /// The member has opted out, so the app sends no replies.
    /// </summary>
    internal async Task RenewAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService()
            .Add("select delete_canary_family()")
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
