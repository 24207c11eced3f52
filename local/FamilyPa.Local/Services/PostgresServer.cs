using System.Globalization;
using FamilyPa.Local.Processes;
using Npgsql;

namespace FamilyPa.Local.Services;

/// <param name="Durable">False for tests: no fsync, so a machine crash may lose data, and few SCRAM iterations, so passwords are easy to guess.</param>
public sealed record PostgresOptions(bool Durable = true, Action<string>? Progress = null)
{
    /// <summary>Further settings of the server, as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}

/// <summary>A PostgreSQL server on a free loopback port. It ends with this process, even if this process is killed.</summary>
public sealed class PostgresServer(ChildProcess process, string password, int port) : IAsyncDisposable
{
    /// <summary>For tests: no durability, and connections for thirty apps with twenty each.</summary>
    private static readonly string[] Careless =
    [
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum_naptime=10min", "scram_iterations=1",
        "max_connections=600",
    ];

    public int Port => port;
    public int ProcessId => process.Id;
    public Task<int> Exited => process.Exited;
    public OutputTail Output => process.Output;

    /// <param name="folder">Contains the data and the password.</param>
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
                // A fast shutdown keeps the data consistent when this process is killed.
                WhenParentDies = Signal.Interrupt,
                OnLine = line => { if (line.Contains("ready to accept connections", StringComparison.Ordinal)) ready.TrySetResult(); },
            });
            if (await Task.WhenAny(ready.Task, process.Exited) == ready.Task)
                return new PostgresServer(process, cluster.Password, port);
            // Another process took the port, or a killed server's processes have not all ended.
            if (attempt == 5)
                throw new LocalRunException($"PostgreSQL did not start:{Environment.NewLine}{process.Output.Last(15)}");
            await Task.Delay(200 * attempt);
        }
    }

    /// <summary>Ends a server that an earlier run left running there, and deletes its data.</summary>
    public static async Task DeleteAsync(string folder)
    {
        var reachable = await ReachableFolder.ForAsync(folder);
        await PostgresLeftover.CleanUpAsync(PostgresCluster.DataFolderIn(reachable), null);
        foreach (var each in (HashSet<string>)[reachable, folder])
            Directory.Delete(each, recursive: true);
    }

    /// <summary>A URI with full rights, for libpq tools.</summary>
    public string Uri(string database = "postgres") => $"postgresql://postgres:{password}@127.0.0.1:{Port}/{database}";

    public string ConnectionString(string database = "postgres", string user = "postgres") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Database = database,
            Username = user,
            Password = password,
            // Negotiating encryption costs a round trip, which a loopback connection does not need.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    public async Task CreateDatabaseAsync(string name, string? template = null)
    {
        if (await AdminAsync($"SELECT 1 FROM pg_database WHERE datname = '{name}'") is null)
            await AdminAsync($"CREATE DATABASE \"{name}\"" + (template is null ? "" : $" TEMPLATE \"{template}\" STRATEGY FILE_COPY"));
    }

    public Task DropDatabaseAsync(string name) => AdminAsync($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");

    /// <summary>Lets a role that the migrations created log in with this server's password.</summary>
    public Task AllowLoginAsync(string role) => AdminAsync($"ALTER ROLE \"{role}\" LOGIN PASSWORD '{password}'");

    public Task StopAsync() => process.StopAsync(Signal.Interrupt, TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
    }

    private async Task<object?> AdminAsync(string sql)
    {
        // Unpooled, because an idle connection would block the use of its database as a template.
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
            .. options.Settings,
        ];
        return ["-D", data, .. settings.SelectMany(setting => new[] { "-c", setting })];
    }
}
