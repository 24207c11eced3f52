using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>The only way to the database, and the one place where the app takes a role.</summary>
/// <remarks>
/// A batch goes to the server in one round trip and runs there as one transaction. Its first statement sets the role and
/// the claims by <c>set_config(…, is_local)</c>, which is <c>SET LOCAL</c> and ends with that transaction, so that nothing
/// can leak to the next user of a pooled connection.
/// </remarks>
public sealed class Database(NpgsqlDataSource source)
{
    /// <summary>Of one instance, unless the connection string says otherwise; a small server has fifty for all.</summary>
    public const int MostConnections = 20;

    /// <summary>Begins a batch as <c>service_role</c>, which sees every family: for the pipeline and operators only.</summary>
    public DatabaseBatch AsService() => new(source, "service_role", claims: "");

    /// <summary>Begins a batch as <c>authenticated</c>: the database shows and takes what that member may see and do, and nothing else.</summary>
    /// <param name="userId">Whose session it is. Whether there is such a member is for the row policies.</param>
    public DatabaseBatch AsMember(Guid userId) =>
        new(source, "authenticated", $$"""{"sub":"{{userId:D}}","role":"authenticated"}""");
}
