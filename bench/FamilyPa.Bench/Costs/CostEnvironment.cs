using System.Diagnostics;
using FamilyPa.FailPoints;
using FamilyPa.Local.App;
using Npgsql;
using Spectre.Console;

namespace FamilyPa.Bench.Costs;

/// <summary>The whole app in one process, with everything counted that a text costs.</summary>
internal sealed class CostEnvironment : IAsyncDisposable
{
    private const string AppAndDatabase = "processor ms: app and PostgreSQL";

    /// <summary>Messages that are acknowledged and not yet answered.</summary>
    private const int MostInProgress = 16;

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly QueueOperations queues;
    private readonly NpgsqlDataSource source;
    private readonly DatabaseCosts database;
    private readonly string allocations;

    private CostEnvironment(BenchEnvironment services, QueueOperations queues, NpgsqlDataSource source, string allocations, AppProcess app)
    {
        Services = services;
        this.queues = queues;
        this.source = source;
        this.allocations = allocations;
        database = new DatabaseCosts(source);
        App = app;
    }

    public BenchEnvironment Services { get; }

    public AppProcess App { get; }

    /// <param name="nested">Also count the statements inside the database's functions.</param>
    /// <param name="families">Families with one sender each; null for the default.</param>
    public static async Task<CostEnvironment> StartAsync(bool nested = false, int? families = null)
    {
        var queues = new QueueOperations();
        var services = await BenchEnvironment.StartAsync(
            AnsiConsole.WriteLine, settings: DatabaseCosts.Settings(nested), onStorageRequest: queues.Count, families: families ?? BenchEnvironment.DefaultFamilies);
        var source = NpgsqlDataSource.Create(services.AdminConnection);
        var allocations = Path.Combine(services.Folder, "allocations");
        var app = await services.StartAppAsync(onlyHttp: false, settings =>
        {
            settings["DOTNET_STARTUP_HOOKS"] = typeof(Allocations).Assembly.Location;
            settings[Allocations.Variable] = allocations;
        });
        var environment = new CostEnvironment(services, queues, source, allocations, app);
        await environment.database.PrepareAsync();
        return environment;
    }

    /// <summary>Sends texts and returns what each costs, and the statements of each.</summary>
    public async Task<(Dictionary<string, double> Costs, List<StatementCost> Statements)> MeasureAsync(int messages)
    {
        await database.BeginAsync();
        var before = Read();
        await SendAsync(messages);
        await Task.Delay(2 * Allocations.Interval);
        var costs = Read().ToDictionary(cost => cost.Key, cost => (cost.Value - before[cost.Key]) / messages);
        var statements = (await database.ReadStatementsAsync())
            .Select(s => s with { Calls = s.Calls / messages, Milliseconds = s.Milliseconds / messages, Rows = s.Rows / messages, WalBytes = s.WalBytes / messages }).ToList();
        var ours = statements.Where(statement => !statement.IsNested).ToList();
        // Every round trip of the app is a transaction that begins with its role.
        costs["round trips to the database"] = ours.Where(statement => statement.Text.Contains("set_config('role'", StringComparison.Ordinal)).Sum(statement => statement.Calls);
        costs["statements"] = ours.Sum(statement => statement.Calls);
        foreach (var (name, value) in await database.ReadWrittenAsync())
            costs[name] = value / messages;
        return (costs, statements);
    }

    /// <summary>What a second without messages costs.</summary>
    public async Task<Dictionary<string, double>> MeasureIdleAsync(TimeSpan time)
    {
        var before = Read();
        await Task.Delay(time);
        return Read().ToDictionary(cost => cost.Key, cost => (cost.Value - before[cost.Key]) / time.TotalSeconds);
    }

    /// <summary>Sends texts at the rate at which they are answered, and waits until all are.</summary>
    public async Task SendAsync(int messages)
    {
        var answered = Services.Twilio.Calls;
        for (var sent = 0; sent < messages; sent++)
        {
            while (sent - (Services.Twilio.Calls - answered) >= MostInProgress)
                await Task.Delay(2);
            using var request = Services.NextWebhook();
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        var clock = Stopwatch.StartNew();
        while (await Services.CountUnfinishedAsync() is > 0 and var left)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException($"{left} messages are not processed.");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await App.DisposeAsync();
        await source.DisposeAsync();
        await Services.DisposeAsync();
    }

    private Dictionary<string, double> Read()
    {
        var read = new Dictionary<string, double>
        {
            ["processor ms: app"] = ProcessTimes.Of(App.ProcessId),
            ["processor ms: PostgreSQL"] = ProcessTimes.Of(Services.PostgresProcess),
            ["processor ms: host, simulators, sender"] = Environment.CpuUsage.TotalTime.TotalMilliseconds,
            ["processor ms: queue emulator"] = ProcessTimes.Of(Services.AzuriteProcess),
            ["kilobytes allocated: app"] = Allocations.Read(allocations) / 1024.0,
        };
        read[AppAndDatabase] = read["processor ms: app"] + read["processor ms: PostgreSQL"];
        foreach (var (name, value) in queues.Read())
            read[name] = value;
        return read;
    }
}
