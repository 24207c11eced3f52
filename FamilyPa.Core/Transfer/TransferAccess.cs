using FamilyPa.Core.Resilience;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Transfer;

/// <summary>Decides whose data a member may export and import: an owner's family, some times in ten minutes.</summary>
public sealed class TransferAccess(Database database, CallerLimits limits)
{
    private const int MostPerFamily = 20;

    /// <returns>Null when the member is no owner.</returns>
    /// <exception cref="TooManyTriesException"/>
    public async Task<Guid?> FamilyOfOwnerAsync(Identity member, CancellationToken cancellation)
    {
        await using var batch = database.AsMember(member).Add("select my_family() where family_role(my_family()) = 'owner'");
        if (await batch.SingleAsync(row => (Guid?)row.GetGuid(0), cancellation) is not { } family)
            return null;
        await limits.RunAsync(
            database, "transfers_of_family", [new CallerNetwork($"{family}", 1)], TimeSpan.FromMinutes(10), MostPerFamily, counted => counted, counted => counted.ExecuteAsync(cancellation));
        return family;
    }
}
