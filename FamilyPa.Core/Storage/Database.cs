using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>The only access to the database, and the only place that sets a role.</summary>
/// <remarks>
/// A batch runs in one round trip and one transaction. Its first statement sets role and claims by <c>set_config(…, is_local)</c>.
/// They end with the transaction, so they cannot leak to the next user of a pooled connection.
/// </remarks>
public sealed class Database(NpgsqlDataSource source)
{
    /// <summary>Pool size of one instance, unless the connection string sets it. A small server allows fifty connections in all.</summary>
    public const int MostConnections = 20;

    /// <summary>Begins a batch as <c>service_role</c>, which sees every family. For the pipeline and operators only.</summary>
    public DatabaseBatch AsService() => new(source, "service_role", claims: "");

    /// <summary>Begins a batch as <c>authenticated</c>. Row security limits it to what this member may see and change.</summary>
    /// <param name="userId">The session's user. The row policies check that this member exists.</param>
    /// <param name="sessionId">It shows one of the member's families.</param>
    public DatabaseBatch AsMember(Guid userId, Guid sessionId = default) =>
        new(source, "authenticated", $$"""{"sub":"{{userId:D}}","role":"authenticated","session_id":"{{sessionId:D}}"}""");
}
