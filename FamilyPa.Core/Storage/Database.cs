using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>The only way to the database, and the one place where the app takes a role.</summary>
/// <remarks>
/// A batch goes to the server in one round trip and runs there as one transaction. Its first statement is
/// <c>SET LOCAL ROLE</c> (as <c>set_config(…, is_local)</c>), which ends with that transaction, so that nothing
/// can leak to the next user of a pooled connection.
/// </remarks>
public sealed class Database(NpgsqlDataSource source)
{
    /// <summary>Of one instance, unless the connection string says otherwise; a small server has fifty for all.</summary>
    public const int MostConnections = 20;

    /// <summary>Begins a batch as <c>service_role</c>, which sees every family: for the pipeline and operators only.</summary>
    public DatabaseBatch AsService() => new(source.CreateBatch(), "service_role");
}
