using FamilyPa.Bench.Traffic;
using FamilyPa.Core.Storage;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Npgsql;

namespace FamilyPa.Bench;

/// <summary>The services that all benchmarked apps share: durable PostgreSQL, Azurite in memory, simulators without delay, and many senders.</summary>
internal sealed class BenchEnvironment : IAsyncDisposable
{
    public const string FunctionKey = "bench-function-key";

    /// <summary>Enough for several hundred messages a second. With fewer, a family's messages would wait for each other.</summary>
    public const int DefaultFamilies = 2000;

    private const string Database = "familypa";
    private const string Account = "bench";

    /// <summary>All queue and timer functions.</summary>
    private static readonly string[] NotHttp =
    [
        "Inbound", "Download", "Transcribe", "Extract", "Finalize", "Notifications",
        "InboundPoison", "DownloadPoison", "TranscribePoison", "ExtractPoison", "FinalizePoison", "NotificationsPoison",
        "Sweeper", "Reconciler", "Reminders", "Retention", "Canary",
    ];

    private readonly ScratchFolder scratch;
    private readonly PostgresServer postgres;
    private readonly AzuriteServer azurite;
    private readonly int families;
    private int sent;

    private BenchEnvironment(ScratchFolder scratch, PostgresServer postgres, AzuriteServer azurite, int families, TwilioSimulator twilio, AzureOpenAISimulator openAI)
    {
        this.scratch = scratch;
        this.postgres = postgres;
        this.azurite = azurite;
        this.families = families;
        Twilio = twilio;
        OpenAI = openAI;
    }

    public TwilioSimulator Twilio { get; }

    public AzureOpenAISimulator OpenAI { get; }

    public int PostgresPort => postgres.Port;

    public int PostgresProcess => postgres.ProcessId;

    public int AzuriteProcess => azurite.ProcessId;

    public Uri QueueEndpoint => azurite.QueueEndpoint;

    public Uri BlobEndpoint => azurite.BlobEndpoint;

    /// <summary>A temporary folder for this run.</summary>
    public string Folder => scratch.Path;

    public string AdminConnection => postgres.ConnectionString(Database);

    public string Storage => azurite.ConnectionString(Account);

    private static TwilioAccount TheAccount(string apiBaseUrl) =>
        new("AC00000000000000000000000000000001", "bench-auth-token", "bench-shared-secret", apiBaseUrl);

    /// <param name="durable">False when nothing is timed and the database is never killed: no fsync.</param>
    /// <param name="settings">Further settings of PostgreSQL.</param>
    /// <param name="onStorageRequest">Called with each line of Azurite's access log.</param>
    /// <param name="families">Families with one sender each.</param>
    public static async Task<BenchEnvironment> StartAsync(
        Action<string> progress, bool durable = true, IReadOnlyList<string>? settings = null, Action<string>? onStorageRequest = null, int families = DefaultFamilies)
    {
        await NodePackages.EnsureAsync(progress);
        progress("publishing the app");
        await AppPublication.EnsureAsync();
        progress("starting PostgreSQL, Azurite and the simulators");
        var scratch = await ScratchFolder.CreateAsync();
        var postgres = await PostgresServer.StartAsync(Path.Combine(scratch.Path, "postgres"), new PostgresOptions(durable) { Settings = settings ?? [] });
        var azurite = await AzuriteServer.StartAsync(null, onStorageRequest, Account);
        await AzuriteServer.CreateQueuesAsync(azurite.ConnectionString(Account));
        await postgres.CreateDatabaseAsync(Database);
        Migrator.Run(postgres.ConnectionString(Database), _ => { });
        await postgres.AllowLoginAsync("familypa_app");
        await DemoFamily.SeedAsync(postgres.ConnectionString(Database));
        await using (var source = NpgsqlDataSource.Create(postgres.ConnectionString(Database)))
            await Families.AddAsync(source, [.. Enumerable.Range(0, families).Select(Phone)]);
        var account = TheAccount("");
        var twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = account.AccountSid,
            AuthToken = account.AuthToken,
            Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
        });
        var openAI = await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { NodeModules = NodePackages.Folder });
        return new BenchEnvironment(scratch, postgres, azurite, families, twilio, openAI);
    }

    /// <param name="onlyHttp">As on Flex Consumption, where HTTP functions have their own instances, apart from queue and timer functions.</param>
    /// <param name="change">Changes the app's settings.</param>
    public async Task<AppProcess> StartAppAsync(bool onlyHttp, Action<Dictionary<string, string?>>? change = null)
    {
        var url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var settings = Settings(url);
        change?.Invoke(settings);
        if (onlyHttp)
            DisabledFunctions.Set(settings, NotHttp);

        var app = await AppProcess.StartAsync(new AppStart(url, FunctionKey, settings) { Assembly = AppPublication.Assembly });
        Twilio.WebhookUrl = WebhookUrl(url);
        return app;
    }

    /// <summary>The webhook URL of an app at this address.</summary>
    public static string WebhookUrl(string url) => TheAccount("").WebhookUrl(url);

    /// <summary>The settings of an app at this address.</summary>
    public Dictionary<string, string?> Settings(string url)
    {
        var settings = new AppWiring
        {
            BaseUrl = url,
            Storage = Storage,
            Postgres = postgres.ConnectionString(Database, "familypa_app"),
            Twilio = TheAccount(Twilio.BaseUrl),
            TwilioMediaHosts = Twilio.CdnHost,
            OpenAIEndpoint = OpenAI.BaseUrl,
            OpenAIKey = new AzureOpenAISimulatorOptions().ApiKey,
            FunctionKey = FunctionKey,
            SessionSigningKey = "bench-session-signing-key-0123456789",
        }.ToSettings();
        GenerousLimits.Set(settings);
        return settings;
    }

    /// <summary>Publishes the floor, a minimal Functions app, and starts it behind the same host as the app.</summary>
    public async Task<AppProcess> StartFloorAsync()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "floor");
        await AppPublication.PublishAsync("bench/FamilyPa.Floor", folder);
        var settings = new Dictionary<string, string?> { [AppSettings.Postgres] = AdminConnection, [AppSettings.Storage] = Storage };
        return await AppProcess.StartAsync(new AppStart($"http://127.0.0.1:{LoopbackPort.Free()}", FunctionKey, settings)
        {
            Assembly = Path.Combine(folder, "FamilyPa.Floor.dll"),
            PublishedFolder = folder,
            // The floor has no function for GET, but the platform's own host serves its home page.
            LivePath = "/",
        });
    }

    /// <summary>Starts the bare Kestrel endpoint as a process and waits until it responds.</summary>
    public async Task<(ChildProcess Process, string Url)> StartBareEndpointAsync(HttpClient http)
    {
        var url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var process = await StartServerAsync(http, url, new ChildStart(
            AppBuild.DotNet, typeof(BenchEnvironment).Assembly.Location, "bare-endpoint", "--url", url, "--postgres", AdminConnection, "--storage", Storage));
        return (process, url);
    }

    /// <summary>Starts a web server as a process and waits until it responds.</summary>
    public static async Task<ChildProcess> StartServerAsync(HttpClient http, string url, ChildStart start)
    {
        var process = await ChildProcess.StartAsync(start);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await http.GetAsync(url);
                return process;
            }
            catch (HttpRequestException e)
            {
                if (tries == 2400 || process.Exited.IsCompleted)
                    throw new LocalRunException($"{e.Message}{Environment.NewLine}{process.Output.Last(40)}");
                await Task.Delay(25);
            }
        }
    }

    /// <summary>Creates another database on the same server, and returns its connection string with full rights.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await postgres.CreateDatabaseAsync(name);
        return postgres.ConnectionString(name);
    }

    /// <summary>A text of two tasks. The senders take turns.</summary>
    public InboundMessage NextMessage() => new()
    {
        From = $"whatsapp:{Phone(Interlocked.Increment(ref sent) % families)}",
        Body = "buy milk tomorrow and call grandma on Friday at 5pm",
    };

    /// <summary>The signed webhook of <see cref="NextMessage"/>, as Twilio sends it.</summary>
    public HttpRequestMessage NextWebhook(string? url = null)
    {
        var webhook = Twilio.BuildInbound(NextMessage());
        var request = new HttpRequestMessage(HttpMethod.Post, url ?? webhook.Url) { Content = new FormUrlEncodedContent(webhook.Form) };
        request.Headers.Add("X-Twilio-Signature", webhook.Signature);
        request.Headers.Add("I-Twilio-Idempotency-Token", webhook.IdempotencyToken);
        return request;
    }

    /// <summary>Empties queues and tables before each round, because Azurite slows down as its content grows.</summary>
    /// <param name="drain">Wait until every message is processed. False when no queue functions run.</param>
    public async Task ResetAsync(bool drain)
    {
        while (drain && await CountUnfinishedAsync() > 0)
            await Task.Delay(100);
        await AzuriteServer.ClearQueuesAsync(Storage);
        await using var source = NpgsqlDataSource.Create(AdminConnection);
        await using var command = source.CreateCommand(
            """
            alter table webhook_events disable trigger user;
            truncate webhook_events, inbound_messages, processing_jobs, tasks, outbound_messages, ai_usage, bench_floor cascade;
            alter table webhook_events enable trigger user;
            """);
        await command.ExecuteNonQueryAsync();
        Twilio.Reset();
    }

    /// <summary>The number of messages in progress.</summary>
    public async Task<long> CountUnfinishedAsync()
    {
        await using var source = NpgsqlDataSource.Create(AdminConnection);
        await using var command = source.CreateCommand("select count(*) from processing_jobs where status not in ('done', 'rejected', 'failed')");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Twilio.DisposeAsync();
        await OpenAI.DisposeAsync();
        await azurite.DisposeAsync();
        await postgres.DisposeAsync();
        scratch.Dispose();
    }

    /// <summary>A number range apart from the demo family's (+44 77) and that of crash runs (+44 78).</summary>
    private static string Phone(int sender) => $"+4479{sender:00000000}";
}
