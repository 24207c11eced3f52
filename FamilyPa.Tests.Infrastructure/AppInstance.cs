using Azure;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Npgsql;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>An app process with its own database, storage account, simulated Twilio and Azure OpenAI, and the demo family.</summary>
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

    /// <summary>The log of the app and its host, restarts included.</summary>
    public required string LogFile { get; init; }

    /// <summary>Whether a test has stopped the app or changed its settings. Other classes must not reuse it then.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Prepares everything but the process, whose settings depend on it.</summary>
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

    /// <param name="configure">Changes the app's settings.</param>
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
                // Another process took the port.
            }
        }
    }

    /// <summary>Makes <see cref="ReadLog"/> begin at the current end of the log.</summary>
    public void SkipLog() => logStart = new FileInfo(LogFile).Length;

    public string ReadLog()
    {
        // The app has the file open for writing.
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

    /// <summary>Restores the state after the start.</summary>
    /// <returns>False when jobs are still running or block the reset, so that the instance cannot be reused.</returns>
    public async Task<bool> ResetAsync()
    {
        try
        {
            // Release held responses first, so that running jobs can finish.
            Twilio.Reset();
            OpenAI.Reset();
            await AzuriteServer.ClearQueuesAsync(Storage.ConnectionString);
            if (!await Database.ComesToRestAsync(TimeSpan.FromSeconds(5)))
                return false;
            await Database.ResetAsync(fresh);
            // Jobs that finished in the meantime may have queued messages.
            await AzuriteServer.ClearQueuesAsync(Storage.ConnectionString);
            await Storage.ClearBlobsAsync();
            Twilio.Reset();
            OpenAI.Reset();
            await DemoFamily.SeedAsync(Database.AdminConnectionString);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or RequestFailedException)
        {
            // Most likely a deadlock between the truncate and a timer's transaction.
            TestContext.Current.SendDiagnosticMessage($"{Database.Name} is not reused: {exception.Message}");
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
        // Hide the settings in the developer's environment.
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
        // Tests play the front end that names the caller's address.
        Settings["CLIENT_ADDRESS_HEADER"] = "Client-IP";
        ShortLife.Set(Settings);
        GenerousLimits.Set(Settings);
        // Tests run these timers themselves. A scheduled run would anticipate what a test waits for.
        DisabledFunctions.Set(Settings, "Reconciler", "Retention");
        // Tests wait for the host's log lines about the begin and end of a call.
        Settings["AzureFunctionsJobHost__logging__logLevel__Function"] = "Information";
    }

    /// <summary>A client without cookies and redirects.</summary>
    public static HttpClient Client(string baseUrl) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(baseUrl) };
}
