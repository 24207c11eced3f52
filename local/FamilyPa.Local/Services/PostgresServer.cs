using System.Globalization;
using FamilyPa.Local.Processes;
using Npgsql;

namespace FamilyPa.Local.Services;

/// <param name="Durable">Off for tests: nothing waits for the disk, a crash of the machine may lose the data, and passwords made there are quick to try.</param>
public sealed record PostgresOptions(bool Durable = true, Action<string>? Progress = null);

/// <summary>PostgreSQL of our own on a free loopback port. It ends with us, however we end.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Of tests: nothing must outlast them, and up to thirty apps have twenty connections each.</summary>
    private static readonly string[] Careless =
    [
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum_naptime=10min", "scram_iterations=1",
        "max_connections=600",
    ];

    private readonly ChildProcess process;
    private readonly string password;

    private PostgresServer(ChildProcess process, string password, int port)
    {
        this.process = process;
        this.password = password;
        Port = port;
    }

    public int Port { get; }

    public int ProcessId => process.Id;

    public Task<int> Exited => process.Exited;

    public OutputTail Output => process.Output;

    /// <param name="folder">Holds the data and the password between runs.</param>
    public static async Task<PostgresServer> StartAsync(string folder, PostgresOptions options)
    {
        var binaries = await PostgresBinaries.FindAsync(options.Progress);
        var cluster = await PostgresCluster.PrepareAsync(folder, binaries);
        await PostgresLeftover.CleanUpAsync(cluster.DataFolder, options.Progress);
        for (var attempt = 1; ; attempt++)
        {
            var port = LoopbackPort.Free();
            var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var process = await ChildProcess.StartAsync(new ChildStart(binaries.Postgres, Arguments(cluster.DataFolder, port, options))
            {
                WorkingDirectory = "/",
                AsNobody = Privileges.IsRoot,
                // A fast shutdown: the data stays whole even when we are killed.
                WhenParentDies = Signal.Interrupt,
                OnLine = line => { if (line.Contains("ready to accept connections", StringComparison.Ordinal)) ready.TrySetResult(); },
            });
            if (await Task.WhenAny(ready.Task, process.Exited) == ready.Task)
                return new PostgresServer(process, cluster.Password, port);
            // Somebody took the port first, or the processes of a killed server are not all gone.
            if (attempt == 5)
                throw new LocalRunException($"PostgreSQL did not start:{Environment.NewLine}{process.Output.Last(15)}");
            await Task.Delay(200 * attempt);
        }
    }

    /// <summary>Ends a server that was left running there, and drops all of its data.</summary>
    public static async Task DeleteAsync(string folder)
    {
        var reachable = await ReachableFolder.ForAsync(folder);
        await PostgresLeftover.CleanUpAsync(PostgresCluster.DataFolderIn(reachable), null);
        foreach (var each in (HashSet<string>)[reachable, folder])
            Directory.Delete(each, recursive: true);
    }

    /// <summary>For libpq's tools, with full rights.</summary>
    public string Uri(string database = "postgres") => $"postgresql://postgres:{password}@127.0.0.1:{Port}/{database}";

    public string ConnectionString(string database = "postgres", string user = "postgres") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Database = database,
            Username = user,
            Password = password,
            // The server is next door; what these would negotiate costs a round trip.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    public async Task CreateDatabaseAsync(string name, string? template = null)
    {
        if (await AdminAsync($"SELECT 1 FROM pg_database WHERE datname = '{name}'") is null)
            await AdminAsync($"CREATE DATABASE \"{name}\"" + (template is null ? "" : $" TEMPLATE \"{template}\" STRATEGY FILE_COPY"));
    }

    public Task DropDatabaseAsync(string name) => AdminAsync($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");

    /// <summary>Lets a role the migrations made log in with the password of this server.</summary>
    public Task AllowLoginAsync(string role) => AdminAsync($"ALTER ROLE \"{role}\" LOGIN PASSWORD '{password}'");

    public Task StopAsync() => process.StopAsync(Signal.Interrupt, TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
    }

    private async Task<object?> AdminAsync(string sql)
    {
        // Unpooled: an idle connection would stand in the way of using its database as a template.
        await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static string[] Arguments(string data, int port, PostgresOptions options)
    {
        string[] settings =
        [
            string.Create(CultureInfo.InvariantCulture, $"port={port}"),
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC", "log_timezone=UTC",
            .. options.Durable ? ["max_connections=200"] : Careless,
        ];
        return ["-D", data, .. settings.SelectMany(setting => new[] { "-c", setting })];
    }
}
