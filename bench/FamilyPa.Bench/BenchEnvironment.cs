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

/// <summary>What both sides of a benchmark stand on: durable PostgreSQL, Azurite in memory, simulators that answer at once, many senders.</summary>
internal sealed class BenchEnvironment : IAsyncDisposable
{
    public const string FunctionKey = "bench-function-key";

    private const string Database = "familypa";
    private const string Account = "bench";

    /// <summary>As many as it takes, by the limit that ships, to send several hundred messages a second. Of fewer, each would wait for itself.</summary>
    private const int Senders = 2000;

    /// <summary>Every function that a queue or the clock calls.</summary>
    private static readonly string[] NotHttp =
    [
        "Inbound", "Download", "Transcribe", "Extract", "Finalize", "Notifications",
        "InboundPoison", "DownloadPoison", "TranscribePoison", "ExtractPoison", "FinalizePoison", "NotificationsPoison",
        "Sweeper", "Reconciler", "Reminders", "Retention", "Canary",
    ];

    private readonly ScratchFolder scratch;
    private readonly PostgresServer postgres;
    private readonly AzuriteServer azurite;

    private BenchEnvironment(ScratchFolder scratch, PostgresServer postgres, AzuriteServer azurite, TwilioSimulator twilio, AzureOpenAISimulator openAI)
    {
        this.scratch = scratch;
        this.postgres = postgres;
        this.azurite = azurite;
        Twilio = twilio;
        OpenAI = openAI;
    }

    public TwilioSimulator Twilio { get; }

    public AzureOpenAISimulator OpenAI { get; }

    public int PostgresPort => postgres.Port;

    public Uri QueueEndpoint => azurite.QueueEndpoint;

    public Uri BlobEndpoint => azurite.BlobEndpoint;

    /// <summary>For files of this run; gone after it.</summary>
    public string Folder => scratch.Path;

    public string AdminConnection => postgres.ConnectionString(Database);

    public string Storage => azurite.ConnectionString(Account);

    private static TwilioAccount TheAccount(string apiBaseUrl) =>
        new("AC00000000000000000000000000000001", "bench-auth-token", "bench-shared-secret", apiBaseUrl);

    /// <param name="durable">Off where nothing is timed and the database is never killed: then it waits for no disk.</param>
    public static async Task<BenchEnvironment> StartAsync(Action<string> progress, bool durable = true)
    {
        await NodePackages.EnsureAsync(progress);
        progress("publishing the app");
        await AppPublication.EnsureAsync();
        progress("starting PostgreSQL, Azurite and the simulators");
        var scratch = await ScratchFolder.CreateAsync();
        var postgres = await PostgresServer.StartAsync(Path.Combine(scratch.Path, "postgres"), new PostgresOptions(durable));
        var azurite = await AzuriteServer.StartAsync(null, Account);
        await AzuriteServer.CreateQueuesAsync(azurite.ConnectionString(Account));
        await postgres.CreateDatabaseAsync(Database);
        Migrator.Run(postgres.ConnectionString(Database), _ => { });
        await postgres.AllowLoginAsync("familypa_app");
        await DemoFamily.SeedAsync(postgres.ConnectionString(Database));
        await AddSendersAsync(postgres.ConnectionString(Database));
        var account = TheAccount("");
        var twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = account.AccountSid,
            AuthToken = account.AuthToken,
            Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
        });
        var openAI = await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { NodeModules = NodePackages.Folder });
        return new BenchEnvironment(scratch, postgres, azurite, twilio, openAI);
    }

    /// <param name="onlyHttp">As on Flex Consumption, where the HTTP functions have instances of their own and what queues and the clock call runs elsewhere.</param>
    public async Task<AppProcess> StartAppAsync(bool onlyHttp)
    {
        var url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var settings = Settings(url);
        if (onlyHttp)
            DisabledFunctions.Set(settings, NotHttp);

        var app = await AppProcess.StartAsync(new AppStart(url, FunctionKey, settings) { Assembly = AppPublication.Assembly });
        Twilio.WebhookUrl = WebhookUrl(url);
        return app;
    }

    /// <summary>Where Twilio posts to an app at this address.</summary>
    public static string WebhookUrl(string url) => TheAccount("").WebhookUrl(url);

    /// <summary>What an app at this address is started with.</summary>
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

    /// <summary>Publishes the floor, a bare Functions app, and starts it behind the same host as the app.</summary>
    public async Task<AppProcess> StartFloorAsync()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "floor");
        await AppPublication.PublishAsync("bench/FamilyPa.Floor", folder);
        var settings = new Dictionary<string, string?> { [AppSettings.Postgres] = AdminConnection, [AppSettings.Storage] = Storage };
        return await AppProcess.StartAsync(new AppStart($"http://127.0.0.1:{LoopbackPort.Free()}", FunctionKey, settings)
        {
            Assembly = Path.Combine(folder, "FamilyPa.Floor.dll"),
            PublishedFolder = folder,
            // The home page of the platform's own host: the floor has no function that answers GET.
            LivePath = "/",
        });
    }

    /// <summary>Starts the bare Kestrel endpoint as a process of its own and waits until it answers.</summary>
    public async Task<(ChildProcess Process, string Url)> StartBareEndpointAsync(HttpClient http)
    {
        var url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var process = await ChildProcess.StartAsync(new ChildStart(
            AppBuild.DotNet, typeof(BenchEnvironment).Assembly.Location, "bare-endpoint", "--url", url, "--postgres", AdminConnection, "--storage", Storage));
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await http.GetAsync(url);
                return (process, url);
            }
            catch (HttpRequestException) when (tries < 400 && !process.Exited.IsCompleted)
            {
                await Task.Delay(25);
            }
        }
    }

    /// <summary>A signed webhook of the next sender, as Twilio sends it.</summary>
    public HttpRequestMessage NextWebhook(string? url = null)
    {
        var webhook = Twilio.BuildInbound(new InboundMessage
        {
            From = $"whatsapp:{Phone(Random.Shared.Next(Senders))}",
            Body = "buy milk tomorrow and call grandma on Friday at 5pm",
        });
        var request = new HttpRequestMessage(HttpMethod.Post, url ?? webhook.Url) { Content = new FormUrlEncodedContent(webhook.Form) };
        request.Headers.Add("X-Twilio-Signature", webhook.Signature);
        request.Headers.Add("I-Twilio-Idempotency-Token", webhook.IdempotencyToken);
        return request;
    }

    /// <summary>Empties queues and tables, so that each round starts alike: Azurite slows down with what it holds.</summary>
    /// <param name="drain">Wait until every message has been worked on; where nothing works on them there is nothing to wait for.</param>
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

    private async Task<long> CountUnfinishedAsync()
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

    /// <summary>Apart from the demo family's (+44 77) and those that crash runs add (+44 78).</summary>
    private static string Phone(int sender) => $"+4479{sender:00000000}";

    private static async Task AddSendersAsync(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await Families.AddAsync(source, [.. Enumerable.Range(0, Senders).Select(Phone)]);
    }
}
