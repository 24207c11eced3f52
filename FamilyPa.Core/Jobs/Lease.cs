using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Core.Jobs;

/// <summary>Fencing: a worker whose lease was taken over can write nothing any more, however late its write arrives.</summary>
public static class Lease
{
    private const string LostState = "FP001"; // raised by hold_lease

    /// <summary>Begins a batch that takes effect only as long as the claim's lease is the job's.</summary>
    public static DatabaseBatch Fenced(this Database database, LeasedJob claim) =>
        database.AsService().Guard("select hold_lease($1, $2)", claim.JobId, claim.LeaseToken);

    /// <summary>Whether a fenced batch was refused because another worker has the job.</summary>
    public static bool IsLost(Exception error) => error is PostgresException { SqlState: LostState };
}
