using FamilyPa.Core.Storage;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.Extraction;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>
/// One PostgreSQL and one Azurite for a whole project, each started when a test first asks for it. Every test class takes a database
/// and a storage account of its own from them, so that classes run side by side.
/// </summary>
public sealed class TestEnvironment : IAsyncDisposable
{
    private const string Template = "familypa_template";
    private static readonly string[] Accounts = [.. Enumerable.Range(1, 300).Select(number => $"account{number}")];

    private readonly Lazy<Task> packages = new(() => NodePackages.EnsureAsync(TestContext.Current.SendDiagnosticMessage, forTests: true));
    private readonly Lazy<Task<ScratchFolder>> scratch = new(() => ScratchFolder.CreateAsync(inMemory: true));
    private readonly Lazy<Task<PostgresServer>> postgres;
    private readonly Lazy<Task<AzuriteServer>> azurite;
    private IReadOnlyDictionary<string, string> fresh = new Dictionary<string, string>();
    private int databases;
    private int accounts;

    public TestEnvironment()
    {
        // Task.Run, because both begin with synchronous work and must start in parallel.
        postgres = new(() => Task.Run(StartPostgresAsync));
        azurite = new(() => Task.Run(StartAzuriteAsync));
    }

    /// <summary>The date recogniser that all simulated models share.</summary>
    public DateRecogniser Dates { get; } = new(NodePackages.Folder);

    internal AppPool Apps { get; } = new();

    /// <summary>Creates a database with all migrations applied.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = await postgres.Value;
        var name = $"familypa_{Interlocked.Increment(ref databases)}";
        await server.CreateDatabaseAsync(name, Template);
        return new TestDatabase(server, name);
    }

    /// <summary>The rows that the migrations insert.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FreshDatabaseAsync()
    {
        await postgres.Value;
        return fresh;
    }

    /// <summary>Creates a database without migrations.</summary>
    public async Task<TestDatabase> CreateEmptyDatabaseAsync()
    {
        var server = await postgres.Value;
        var name = $"empty_{Interlocked.Increment(ref databases)}";
        await server.CreateDatabaseAsync(name);
        return new TestDatabase(server, name);
    }

    /// <summary>Reserves a storage account and creates the app's queues in it.</summary>
    public async Task<StorageAccount> TakeStorageAccountAsync()
    {
        var server = await azurite.Value;
        var account = new StorageAccount(server.ConnectionString(Accounts[Interlocked.Increment(ref accounts) - 1]));
        await AzuriteServer.CreateQueuesAsync(account.ConnectionString);
        return account;
    }

    /// <summary>A folder for test files that is deleted after the run.</summary>
    public async Task<string> ScratchFolderAsync() => (await scratch.Value).Path;

    public async ValueTask DisposeAsync()
    {
        await Apps.DisposeAsync();
        if (postgres.IsValueCreated && postgres.Value.IsCompletedSuccessfully)
            await (await postgres.Value).DisposeAsync();
        if (azurite.IsValueCreated && azurite.Value.IsCompletedSuccessfully)
            await (await azurite.Value).DisposeAsync();
        Dates.Dispose();
        if (scratch.IsValueCreated)
            (await scratch.Value).Dispose();
    }

    private async Task<PostgresServer> StartPostgresAsync()
    {
        await packages.Value;
        var server = await PostgresServer.StartAsync(Path.Combine((await scratch.Value).Path, "postgres"), new PostgresOptions(Durable: false));
        await server.CreateDatabaseAsync(Template);
        // Unpooled, because an open connection would block copying the template.
        Migrator.Run(server.ConnectionString(Template) + ";Pooling=false", _ => { });
        var content = new TestDatabase(server, Template);
        fresh = await content.ContentAsync();
        await content.CloseAsync();
        await server.AllowLoginAsync(TestDatabase.AppRole);
        return server;
    }

    private async Task<AzuriteServer> StartAzuriteAsync()
    {
        await packages.Value;
        return await AzuriteServer.StartAsync(null, Accounts);
    }
}
