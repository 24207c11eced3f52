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

    /// <summary>REASSIGN OWNED leaves the policies of the owner, as which the definer functions run, to the former one.</summary>
    private const string PoliciesFollowOwner =
        """
        do $$
        declare
          policy record;
        begin
          for policy in
            select p.polname, c.oid::regclass as of_table from pg_policy p join pg_class c on c.oid = p.polrelid join pg_roles r on r.oid = c.relowner
            where r.rolname = current_user and p.polname like 'owner\_%' and p.polroles not in ('{0}', array[r.oid])
          loop
            execute format('alter policy %I on %s to current_user', policy.polname, policy.of_table);
          end loop;
        end $$;
        """;

    /// <summary>A function that runs as its caller gives nothing away. One with the owner's rights is granted by name.</summary>
    private const string GrantFunctions =
        """
        do $$
        declare
          called regprocedure;
        begin
          for called in
            select p.oid from pg_proc p join pg_roles r on r.oid = p.proowner
            where p.pronamespace = 'public'::regnamespace and r.rolname = current_user
              and not p.prosecdef and p.prorettype <> 'trigger'::regtype and not has_function_privilege('service_role', p.oid, 'execute')
          loop
            execute format('grant execute on function %s to service_role', called);
          end loop;
        end $$;
        """;

    /// <param name="connectionString">Npgsql or libpq form. Its login must own the database's objects and may create roles.</param>
    /// <param name="progress">Called with the name of each file that is applied.</param>
    /// <exception cref="InvalidOperationException">A file failed and was rolled back. The files before it stay applied.</exception>
    /// <exception cref="DifferentOwnerException">Another login owns the journal. Nothing was changed.</exception>
    public static void Run(string connectionString, Action<string> progress)
    {
        var address = ConnectionStrings.Parse(connectionString);
        using var source = NpgsqlDataSource.Create(address);
        using var guard = source.OpenConnection();
        Execute(guard, $"select pg_advisory_lock({Lock})");
        if (RequireOwner(guard) is { } owner)
        {
            // New objects belong to the owner too.
            address.Options = $"{address.Options} -c role={owner.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal)}";
            Execute(guard, $"set role {Quoted(owner)}");
        }

        // Default privileges belong to the login that creates an object. PostgreSQL lets every role execute a new function.
        Execute(guard, "alter default privileges revoke execute on functions from public");
        Execute(guard, "do $$ begin if to_regnamespace('migration') is null then create schema migration; end if; end $$");

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
        Execute(guard, PoliciesFollowOwner);
        Execute(guard, GrantFunctions);
    }

    /// <summary>Lets another login migrate the database, by a role that owns the objects and of which both logins are members.</summary>
    /// <remarks>
    /// In Azure no login is a superuser. Since PostgreSQL 16 it can make itself a member only of roles that it created, so REASSIGN OWNED, which needs
    /// membership of both roles, cannot name the other login.
    /// </remarks>
    /// <param name="connectionString">Of the login that ran the migrations.</param>
    public static void HandOver(string connectionString, string to)
    {
        using var source = NpgsqlDataSource.Create(ConnectionStrings.Parse(connectionString));
        using var connection = source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        Execute(connection, $"select pg_advisory_xact_lock({Lock})");
        to = Quoted(to);
        if (RequireOwner(connection) is { } shared)
        {
            Execute(connection, $"grant {Quoted(shared)} to {to} with admin option");
        }
        else
        {
            var owner = Quoted($"{connection.Database}_owner");
            Execute(
                connection,
                $"""
                create role {owner} nologin;
                grant {owner} to current_user;
                grant {owner} to {to} with admin option;
                grant anon, authenticated, service_role, familypa_app to {owner} with admin option;
                grant all on schema public, migration, auth to {owner};
                reassign owned by current_user to {owner};
                set local role {owner};
                {PoliciesFollowOwner}
                """);
        }

        transaction.Commit();
    }

    /// <summary>Row security would show another login an empty journal, and DbUp would apply every file again.</summary>
    /// <returns>The owner, if it is a role that this login is a member of.</returns>
    private static string? RequireOwner(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            """
            select pg_get_userbyid(relowner), current_user::text, pg_has_role(relowner, 'usage') from pg_class
            where relname = 'journal' and relnamespace = (select oid from pg_namespace where nspname = 'migration') and pg_get_userbyid(relowner) <> current_user
            """,
            connection);
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        return reader.GetBoolean(2) ? reader.GetString(0) : throw new DifferentOwnerException(reader.GetString(0), reader.GetString(1));
    }

    private static string Quoted(string role) => $"\"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
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
