using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Faults;
using FamilyPa.Bench.Traffic;
using FamilyPa.FailPoints;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Npgsql;

namespace FamilyPa.Bench.Crashes;

/// <summary>The app with shortened intervals, and proxies that break its connections to database, queues and blobs.</summary>
internal sealed class CrashEnvironment : IAsyncDisposable
{
    private static readonly string[] Timers = ["Reconciler", "Retention", "Reminders"];

    /// <summary>Settings for runs that hold calls at fail points.</summary>
    private static readonly Dictionary<string, string> Suspended = new()
    {
        ["Pipeline__Lease"] = "00:01:00",
        ["Pipeline__MediaRetries"] = "0",
        // Held calls must not block the batch.
        ["AzureFunctionsJobHost__extensions__queues__batchSize"] = "8",
        ["AzureFunctionsJobHost__extensions__queues__newBatchThreshold"] = "8",
    };

    /// <summary>Settings for runs with many messages.</summary>
    private static readonly Dictionary<string, string> Running = new()
    {
        ["Pipeline__Lease"] = "00:00:02",
        ["Pipeline__ReconcilePageSize"] = "200",
        ["AzureWebJobs.Retention.Disabled"] = "true",
    };

    private readonly BenchEnvironment bench;
    private readonly NpgsqlDataSource database;
    private int senders;
    private bool isPunctual = true;
    private Dictionary<string, string?> settingsOfApp = [];

    private CrashEnvironment(BenchEnvironment bench, int seed)
    {
        this.bench = bench;
        database = NpgsqlDataSource.Create(bench.AdminConnection);
        Checker = new Checker(bench.AdminConnection);
        Sender = new Sender(bench.Twilio);
        FailPoints = new FailPointFiles(Path.Combine(bench.Folder, "fail-points"));
        Database = new FaultProxy(bench.PostgresPort, seed);
        Queues = new FaultProxy(bench.QueueEndpoint.Port, seed + 1);
        Blobs = new FaultProxy(bench.BlobEndpoint.Port, seed + 2);
    }

    /// <summary>Whether the function is one of the timers that no message needs.</summary>
    public static bool IsTimer(string function) => Timers.Contains(function);

    /// <summary>The host runs a timer function one call at a time.</summary>
    public static bool IsOneAtATime(string function) => IsTimer(function) || function == "Sweeper";

    public FaultProxy Database { get; }

    public FaultProxy Queues { get; }

    public FaultProxy Blobs { get; }

    public FailPointFiles FailPoints { get; }

    public Checker Checker { get; }

    public Sender Sender { get; }

    public CrashingApp App { get; private set; } = null!;

    public string Url { get; } = $"http://127.0.0.1:{LoopbackPort.Free()}";

    /// <summary>A login that may read every row, without the proxy.</summary>
    public string AdminConnection => bench.AdminConnection;

    /// <summary>The services behind the proxies.</summary>
    public BenchEnvironment Bench => bench;

    public TwilioSimulator Twilio => bench.Twilio;

    public AzureOpenAISimulator OpenAI => bench.OpenAI;

    /// <param name="name">The name of the app's log file in <c>artifacts/bench</c>.</param>
    /// <param name="skipLeases">
    /// End a dead process's leases at once instead of waiting a minute, and let none be renewed, so that every run takes the same steps.
    /// Otherwise leases are short and expire.
    /// </param>
    /// <param name="change">Changes the app's settings.</param>
    public static async Task<CrashEnvironment> StartAsync(
        string name, int seed, bool skipLeases, Action<string> progress, Action<Dictionary<string, string?>>? change = null)
    {
        var environment = new CrashEnvironment(await BenchEnvironment.StartAsync(progress, durable: false), seed);
        var settings = environment.Settings();
        foreach (var (setting, value) in skipLeases ? Suspended : Running)
            settings[setting] = value;
        change?.Invoke(settings);
        environment.settingsOfApp = settings;
        environment.App = await CrashingApp.StartAsync(
            new AppStart(environment.Url, BenchEnvironment.FunctionKey, settings)
            {
                Assembly = AppPublication.Assembly,
                LogFile = LogFile(name),
                LocalHost = options => options with { PoisonRetryDelay = TimeSpan.FromSeconds(1), TimerSchedule = skipLeases ? "* * * * * *" : "*/3 * * * * *" },
            },
            skipLeases ? environment.EndLeasesAsync : () => Task.CompletedTask);
        environment.Twilio.WebhookUrl = BenchEnvironment.WebhookUrl(environment.Url);
        return environment;
    }

    /// <summary>Adds families with one member each and returns their phone numbers.</summary>
    public async Task<IReadOnlyList<string>> AddSendersAsync(int count)
    {
        var first = Interlocked.Add(ref senders, count) - count;
        var phones = Enumerable.Range(first, count).Select(number => $"+4478{number:00000000}").ToArray();
        await Families.AddAsync(database, phones);
        return phones;
    }

    /// <summary>Determines the outcome of each kind of message without faults.</summary>
    public async Task<IReadOnlyDictionary<string, Outcome>> LearnAsync(IReadOnlyList<Draft> drafts)
    {
        var phones = await AddSendersAsync(drafts.Count);
        var promises = await Task.WhenAll(drafts.Zip(phones, (draft, phone) => Sender.SendAsync(draft, phone, CancellationToken.None)));
        if (!await Checker.WaitUntilSettledAsync(promises, TimeSpan.FromMinutes(1)))
            throw new InvalidOperationException("The messages do not finish even without faults.");
        return await Checker.ReadOutcomesAsync(promises);
    }

    /// <summary>The number of unfinished jobs of all senders.</summary>
    public async Task<long> CountUnfinishedAsync()
    {
        await using var command = database.CreateCommand("select count(*) from processing_jobs where status not in ('done', 'rejected', 'failed')");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The messages that Twilio sent to these senders.</summary>
    public IReadOnlyList<TwilioMessage> SentTo(IReadOnlyList<SentMessage> promises)
    {
        var addresses = promises.Select(promise => promise.Address).ToHashSet();
        return [.. Twilio.Sent.Where(message => addresses.Contains(message.To))];
    }

    /// <summary>Drops pending queue messages. Call it after everything to be checked has happened.</summary>
    public Task ClearQueuesAsync() => AzuriteServer.ClearQueuesAsync(bench.Storage);

    /// <summary>Enables or disables the timers that no message needs. They take half of the CPU of a short run.</summary>
    public async Task BePunctualAsync(bool punctual)
    {
        if (punctual == isPunctual)
            return;
        isPunctual = punctual;
        var settings = new Dictionary<string, string?>(settingsOfApp);
        foreach (var timer in Timers)
            settings[$"AzureWebJobs.{timer}.Disabled"] = punctual ? null : "true";
        await App.ChangeAsync(settings);
    }

    /// <summary>Creates or deletes the media container, which the app creates on first use.</summary>
    public async Task HaveContainerAsync(bool have)
    {
        var container = new Azure.Storage.Blobs.BlobServiceClient(bench.Storage).GetBlobContainerClient("media");
        if (have)
            await container.CreateIfNotExistsAsync();
        else
            await container.DeleteIfExistsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Database.DisposeAsync();
        await Queues.DisposeAsync();
        await Blobs.DisposeAsync();
        await Checker.DisposeAsync();
        await database.DisposeAsync();
        await bench.DisposeAsync();
    }

    private async Task EndLeasesAsync()
    {
        // The server may still run the dead process's last statement, which may take a lease.
        await using var alive = database.CreateCommand("select exists (select from pg_stat_activity where usename = 'familypa_app')");
        while ((bool)(await alive.ExecuteScalarAsync())!)
            await Task.Delay(10);
        await using var end = database.CreateCommand("update processing_jobs set leased_until = null where leased_until is not null");
        await end.ExecuteNonQueryAsync();
    }

    private static string LogFile(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "bench"));
        var file = Path.Combine(folder.FullName, $"{name}.log");
        File.Delete(file);
        return file;
    }

    /// <summary>Reduces intervals from minutes to seconds.</summary>
    private Dictionary<string, string?> Settings()
    {
        var settings = bench.Settings(Url);
        settings[AppSettings.Postgres] = new NpgsqlConnectionStringBuilder(settings[AppSettings.Postgres]) { Port = Database.Port }.ConnectionString;
        settings[AppSettings.Storage] = settings[AppSettings.Storage]!
            .Replace($":{bench.QueueEndpoint.Port}/", $":{Queues.Port}/", StringComparison.Ordinal)
            .Replace($":{bench.BlobEndpoint.Port}/", $":{Blobs.Port}/", StringComparison.Ordinal);
        settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00.200";
        settings["Pipeline__SweepAfter"] = "00:00:03";
        settings["Pipeline__ReconcileAfter"] = "00:00:03";
        // In the same proportion to the timer as six hours to five minutes.
        settings["Pipeline__ReconcileBack"] = "00:01:30";
        settings["Pipeline__AiRetries"] = "0";
        settings["Pipeline__AiTimeout"] = "00:00:10";
        settings["Pipeline__TwilioTimeout"] = "00:00:03";
        settings["DOTNET_STARTUP_HOOKS"] = typeof(FailPointFiles).Assembly.Location;
        settings[FailPointFiles.Variable] = Path.Combine(bench.Folder, "fail-points");
        ShortLife.Set(settings);
        return settings;
    }
}
