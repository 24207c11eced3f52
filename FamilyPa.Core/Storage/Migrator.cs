using System.Reflection;
using DbUp;
using DbUp.Engine.Output;
using FamilyPa.Core.Settings;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Applies the numbered SQL files of <c>Storage/Migrations</c> that the database does not have yet, in order.</summary>
/// <remarks><c>familypa migrate</c> and the local run call it; the app does not, because it must not have the necessary rights.</remarks>
public static class Migrator
{
    private const long Lock = 0x46414D494C595041; // "FAMILYPA"

    /// <param name="connectionString">Npgsql or libpq form. Its login must own the database's objects and may create roles.</param>
    /// <param name="progress">Called with the name of each file that is applied.</param>
    /// <exception cref="InvalidOperationException">A file failed and was rolled back. The files before it stay applied.</exception>
    /// <exception cref="DifferentOwnerException">Another login owns the journal. Nothing was changed.</exception>
    public static void Run(string connectionString, Action<string> progress)
    {
        var address = ConnectionStrings.Parse(connectionString);
        using var source = NpgsqlDataSource.Create(address);
        using var guard = source.OpenConnection();
        using (var acquire = new NpgsqlCommand($"select pg_advisory_lock({Lock})", guard))
            acquire.ExecuteNonQuery();
        RequireOwner(guard);
        // Default privileges belong to the login that creates an object. PostgreSQL lets every role execute a new function.
        using (var prepare = new NpgsqlCommand("create schema if not exists migration; alter default privileges revoke execute on functions from public", guard))
            prepare.ExecuteNonQuery();

        var result = DeployChanges.To
            .PostgresqlDatabase(address.ConnectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.EndsWith(".sql", StringComparison.Ordinal))
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .JournalToPostgresqlTable("migration", "journal")
            .LogTo(new Progress(progress))
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    /// <summary>Row security would show another login an empty journal, and DbUp would apply every file again.</summary>
    private static void RequireOwner(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            """
            select pg_get_userbyid(relowner), current_user::text from pg_class
            where relname = 'journal' and relnamespace = (select oid from pg_namespace where nspname = 'migration') and not pg_has_role(relowner, 'usage')
            """,
            connection);
        using var reader = command.ExecuteReader();
        if (reader.Read())
            throw new DifferentOwnerException(reader.GetString(0), reader.GetString(1));
    }

    private sealed class Progress(Action<string> progress) : IUpgradeLog
    {
        public void LogInformation(string format, params object[] args)
        {
            if (format.StartsWith("Executing", StringComparison.Ordinal) && args is [string script, ..])
                progress(script.Split(".Migrations.")[^1]);
        }

        public void LogTrace(string format, params object[] args) { }

        public void LogDebug(string format, params object[] args) { }

        public void LogWarning(string format, params object[] args) { }

        public void LogError(string format, params object[] args) { }

        public void LogError(Exception ex, string format, params object[] args) { }
    }
}

/// <summary>The database's objects belong to another login. Objects of two owners would lock each of them out of the other's.</summary>
public sealed class DifferentOwnerException(string owner, string login)
    : InvalidOperationException($"The database belongs to {owner}, and this login is {login}. Log in as {owner}, or hand the database over (docs/deploy.md#who-owns-the-database).");
