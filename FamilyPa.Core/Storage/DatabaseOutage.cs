using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Distinguishes an unavailable database from one that rejects a statement.</summary>
public static class DatabaseOutage
{
    /// <summary>
    /// Whether the cause lies with the database, so that a retry may succeed: unreachable, too slow, starting, stopping, in recovery,
    /// out of connections or space, refusing the login, or out of sync with Npgsql about prepared statements.
    /// </summary>
    public static bool Is(Exception error) => error switch
    {
        PostgresException e => e.IsTransient || IsOfPreparation(e) || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction || e.SqlState[..2] is "08" or "28" or "3D" or "53" or "57" or "58",
        NpgsqlException => true,
        _ => false,
    };

    /// <summary>Whether the server does not know a prepared statement of this connection, or already has one of that name.</summary>
    public static bool IsOfPreparation(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement };
}
