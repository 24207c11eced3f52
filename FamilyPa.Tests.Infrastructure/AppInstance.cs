using Azure;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Npgsql;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A process of the app, with a database, a storage account, a Twilio and an Azure OpenAI that nobody else has, and the demo family in it.</summary>
internal sealed class AppInstance : IAsyncDisposable
{
    private static readonly TwilioAccount Account = new("AC0000000000000000000000000000test", FamilyPaApp.AuthToken, "test-shared-secret-0123456789", "");

    private readonly IReadOnlyDictionary<string, string> fresh;
    private long logStart;

    private AppInstance(IReadOnlyDictionary<string, string> fresh) => this.fresh = fresh;

    public required TestDatabase Database { get; init; }

    public required StorageAccount Storage { get; init; }

    public required TwilioSimulator Twilio { get; init; }

    public required AzureOpenAISimulator OpenAI { get; init; }

    public HttpClient Http { get; private set; } = null!;

    public HttpClient Operator { get; private set; } = null!;

    public string BaseUrl { get; private set; } = null!;

    public Dictionary<string, string?> Settings { get; private set; } = [];

    public AppProcess? Process { get; private set; }

    /// <summary>Every line that the app and its host wrote, restarts included.</summary>
    public required string LogFile { get; init; }

    /// <summary>Whether it has been stopped in between or given other settings: then it is of no use to another class.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>All but the process, which needs its settings first.</summary>
    public static async Task<AppInstance> PrepareAsync(TestEnvironment environment)
    {
        var (database, storage) = (environment.CreateDatabaseAsync(), environment.TakeStorageAccountAsync());
        var instance = new AppInstance(await environment.FreshDatabaseAsync())
        {
            Twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
            {
                AccountSid = Account.AccountSid,
                AuthToken = Account.AuthToken,
                Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
            }),
            OpenAI = await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { Dates = environment.Dates }),
            Database = await database,
            Storage = await storage,
            LogFile = Path.Combine(await environment.ScratchFolderAsync(), "logs", $"{Guid.NewGuid():n}.log"),
        };
        var warmUp = instance.OpenAI.WarmUpAsync(TestContext.Current.CancellationToken);
        await DemoFamily.SeedAsync(instance.Database.AdminConnectionString);
        await warmUp;
        return instance;
    }

    /// <param name="configure">Changes what it is started with.</param>
    public async Task StartAsync(Action<IDictionary<string, string?>> configure)
    {
        for (var attempt = 1; ; attempt++)
        {
            Use($"http://127.0.0.1:{LoopbackPort.Free()}");
            configure(Settings);
            try
            {
                Process = await AppProcess.StartAsync(new AppStart(BaseUrl, FamilyPaApp.FunctionKey, Settings) { LogFile = LogFile });
                return;
            }
            catch (LocalRunException exception) when (attempt < 3 && exception.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                // Another one took the port in between.
            }
        }
    }

    /// <summary>Makes <see cref="ReadLog"/> begin with the next line.</summary>
    public void SkipLog() => logStart = new FileInfo(LogFile).Length;

    public string ReadLog()
    {
        // The app still writes to it.
        using var file = new FileStream(LogFile, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        file.Position = logStart;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    public Task KillAsync()
    {
        IsChanged = true;
        return Process!.KillAsync();
    }

    public async Task StopAsync()
    {
        IsChanged = true;
        await Process!.DisposeAsync();
    }

    public async Task RestartAsync(Action<IDictionary<string, string?>>? change)
    {
        IsChanged = true;
        await Process!.DisposeAsync();
        change?.Invoke(Settings);
        Process = await AppProcess.StartAsync(new AppStart(BaseUrl, FamilyPaApp.FunctionKey, Settings) { LogFile = LogFile });
    }

    /// <summary>Makes it as it was when it had just started.</summary>
    /// <returns>False: work that nobody waited for does not end, or stands in the way, and it is of no more use.</returns>
    public async Task<bool> ResetAsync()
    {
        try
        {
            // Whatever is held is let go first, else nothing comes to an end.
            Twilio.Reset();
            OpenAI.Reset();
            await AzuriteServer.ClearQueuesAsync(Storage.ConnectionString);
            if (!await Database.ComesToRestAsync(TimeSpan.FromSeconds(5)))
                return false;
            await Database.ResetAsync(fresh);
            // What ended meanwhile may have asked for what comes next.
            await AzuriteServer.ClearQueuesAsync(Storage.ConnectionString);
            await Storage.ClearBlobsAsync();
            Twilio.Reset();
            OpenAI.Reset();
            await DemoFamily.SeedAsync(Database.AdminConnectionString);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or RequestFailedException)
        {
            // A timer's transaction, most likely: it began in between, and to empty all tables ends in a deadlock with it.
            TestContext.Current.SendDiagnosticMessage($"{Database.Name} is not handed on: {exception.Message}");
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
        Http?.Dispose();
        Operator?.Dispose();
        await Twilio.DisposeAsync();
        await OpenAI.DisposeAsync();
        await Database.DisposeAsync();
    }

    private void Use(string baseUrl)
    {
        BaseUrl = baseUrl;
        Http = Client(baseUrl);
        Operator = Client(baseUrl);
        Operator.DefaultRequestHeaders.Add("x-functions-key", FamilyPaApp.FunctionKey);
        Twilio.WebhookUrl = Account.WebhookUrl(baseUrl);
        // What the developer's own shell plugs into the app has no place in a test.
        Settings = AppSettings.GivenInEnvironment().ToDictionary(name => name, _ => (string?)null);
        var wiring = new AppWiring
        {
            BaseUrl = baseUrl,
            Storage = Storage.ConnectionString,
            Postgres = Database.AppConnectionString,
            Twilio = Account with { ApiBaseUrl = Twilio.BaseUrl },
            TwilioMediaHosts = Twilio.CdnHost,
            OpenAIEndpoint = OpenAI.BaseUrl,
            OpenAIKey = new AzureOpenAISimulatorOptions().ApiKey,
            FunctionKey = FamilyPaApp.FunctionKey,
            SessionSigningKey = FamilyPaApp.SessionSigningKey,
        };
        foreach (var (name, value) in wiring.ToSettings())
            Settings[name] = value;
        ShortLife.Set(Settings);
        GenerousLimits.Set(Settings);
        // A test runs these itself: a tick in the middle of it would do beforehand what the test waits for.
        DisabledFunctions.Set(Settings, "Reconciler", "Retention");
        // The host's lines of a call's begin and end tell a test that waits for them.
        Settings["AzureFunctionsJobHost__logging__logLevel__Function"] = "Information";
    }

    /// <summary>Keeps no cookies and follows no redirects.</summary>
    public static HttpClient Client(string baseUrl) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(baseUrl) };
}
