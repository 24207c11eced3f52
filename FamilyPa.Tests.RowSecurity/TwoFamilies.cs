using FamilyPa.Core.Storage;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.RowSecurity;

/// <summary>Two families, with a row of each in every table that the catalogue knows.</summary>
public class TwoFamilies(TestEnvironment environment) : IAsyncLifetime
{
    public Household A { get; } = Household.Create("A");

    public Household B { get; } = Household.Create("B");

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Logs in as the app does.</summary>
    public NpgsqlDataSource Source { get; private set; } = null!;

    public Database App { get; private set; } = null!;

    internal IReadOnlyList<Table> Tables { get; private set; } = null!;

    internal GeneratedRows Rows { get; private set; } = null!;

    protected TestEnvironment Environment => environment;

    /// <summary>A migrated database.</summary>
    protected virtual Task<TestDatabase> CreateAsync() => environment.CreateDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        Database = await CreateAsync();
        Source = NpgsqlDataSource.Create(Database.AppConnectionString);
        App = new Database(Source);
        Tables = await Catalogue.ReadAsync(Database);
        Rows = new GeneratedRows(Tables);
        await Rows.StoreAsync(Database, A, B);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Migrates an empty database as a login of its own that is no superuser and inherits the app's roles.</summary>
    protected async Task<TestDatabase> CreateAsAsync(string attributes, string prepare = "")
    {
        var database = await environment.CreateEmptyDatabaseAsync();
        var owner = $"owner_of_{database.Name}";
        await database.ExecuteAsync(
            $"""
            create role {owner} login createrole password 'pw' {attributes};
            grant anon, authenticated, service_role to {owner} with admin option;
            alter database {database.Name} owner to {owner};
            {prepare.Replace("OWNER", owner, StringComparison.Ordinal)}
            """);
        var login = new NpgsqlConnectionStringBuilder(database.AdminConnectionString) { Username = owner, Password = "pw", Pooling = false };
        Migrator.Run(login.ConnectionString, _ => { });
        return database;
    }
}

/// <summary>The schema's owner has no more rights than it needs.</summary>
public sealed class TwoFamiliesOfAPlainOwner(TestEnvironment environment) : TwoFamilies(environment)
{
    protected override Task<TestDatabase> CreateAsync() => CreateAsAsync("nobypassrls");
}

/// <summary>As on Supabase: the owner passes row security, <c>auth</c> is there and somebody else's, and new objects are everybody's by default.</summary>
public sealed class TwoFamiliesOnSupabase(TestEnvironment environment) : TwoFamilies(environment)
{
    protected override Task<TestDatabase> CreateAsync() => CreateAsAsync(
        "bypassrls",
        """
        create schema auth;
        grant usage on schema auth to anon, authenticated, service_role;
        create function auth.uid() returns uuid language sql stable as $$
          select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
            nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
        alter default privileges for role OWNER in schema public grant all on tables to anon, authenticated, service_role;
        alter default privileges for role OWNER in schema public grant all on sequences to anon, authenticated, service_role;
        alter default privileges for role OWNER in schema public grant all on functions to anon, authenticated, service_role;
        """);
}
