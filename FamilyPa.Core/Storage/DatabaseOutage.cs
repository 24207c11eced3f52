using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Tells a database that is away from one that refuses what it is asked.</summary>
public static class DatabaseOutage
{
    /// <summary>
    /// Whether an operation failed for reasons that lie with the database: not reached, too slow, starting, stopping, in recovery,
    /// out of connections or space, not letting us in, at odds with us about what is prepared. Another time the same operation may succeed.
    /// </summary>
    public static bool Is(Exception error) => error switch
    {
        PostgresException e => e.IsTransient || IsOfPreparation(e) || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction || e.SqlState[..2] is "08" or "28" or "3D" or "53" or "57" or "58",
        NpgsqlException => true,
        _ => false,
    };

    /// <summary>Whether the server does not know, or knows already, a statement that is to be run or prepared on this connection.</summary>
    public static bool IsOfPreparation(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement };
}
