using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Local.Services;
using Npgsql;

namespace FamilyPa.Local.Running;

/// <summary>The migrated and seeded database: an embedded server, or the database that the environment names.</summary>
internal sealed record LocalDatabase(PostgresServer? Server, string Uri, string AdminConnectionString, string AppConnectionString) : IAsyncDisposable
{
    private const string Name = "familypa";
    private const string AppRole = "familypa_app";

    public static string Folder => Path.Combine(Repository.StateFolder, "postgres");

    public static async Task<LocalDatabase> StartAsync(Action<string> progress)
    {
        progress("starting");
        var server = await PostgresServer.StartAsync(Folder, new PostgresOptions(Progress: progress));
        try
        {
            await server.CreateDatabaseAsync(Name);
            var database = new LocalDatabase(server, server.Uri(Name), server.ConnectionString(Name), server.ConnectionString(Name, AppRole));
            database.Migrate(progress);
            await server.AllowLoginAsync(AppRole);
            await database.SeedAsync(progress);
            return database;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>An external database's login may be the app's own, which may not migrate. Then the database must already be migrated.</summary>
    public static async Task<LocalDatabase> ConnectAsync(string given, Action<string> progress)
    {
        var address = ConnectionStrings.Parse(given);
        var database = new LocalDatabase(null, ToUri(address), address.ConnectionString, given);
        try
        {
            database.Migrate(progress);
        }
        catch (Exception exception) when (IsRefused(exception) || IsRefused(exception.InnerException))
        {
            progress("the login of POSTGRES_CONNECTION_STRING may not migrate; using the database unchanged");
        }

        await database.SeedAsync(progress);
        return database;
    }

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static bool IsRefused(Exception? exception) => exception is DifferentOwnerException or PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege };

    private void Migrate(Action<string> progress) => Migrator.Run(AdminConnectionString, file => progress($"migrating: {file}"));

    private Task SeedAsync(Action<string> progress)
    {
        progress("seeding the demo family");
        return DemoFamily.SeedAsync(AdminConnectionString);
    }

    private static string ToUri(NpgsqlConnectionStringBuilder address)
    {
        var login = address.Username is null ? "" : System.Uri.EscapeDataString(address.Username) + (address.Password is null ? "" : ":" + System.Uri.EscapeDataString(address.Password)) + "@";
        return $"postgresql://{login}{address.Host}:{address.Port}/{address.Database}";
    }
}
