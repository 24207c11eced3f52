using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>
/// The real app as a process of its own, with a database, a storage account, a Twilio and an Azure OpenAI that no other test class
/// touches, and the demo family in it. Derive from it to run the app with other settings.
/// </summary>
public partial class FamilyPaApp(TestEnvironment environment) : IAsyncLifetime
{
    public const string FunctionKey = "test-function-key-0123456789";
    public const string AuthToken = "test-auth-token";
    public const string SessionSigningKey = "test-session-signing-key-0123456789abcdef";

    private static readonly TwilioAccount Account = new("AC0000000000000000000000000000test", AuthToken, "test-shared-secret-0123456789", "");

    private AppProcess? process;
    private Dictionary<string, string?> settings = [];

    public TestDatabase Database { get; private set; } = null!;

    public StorageAccount Storage { get; private set; } = null!;

    public TwilioSimulator Twilio { get; private set; } = null!;

    public AzureOpenAISimulator OpenAI { get; private set; } = null!;

    /// <summary>Keeps no cookies and follows no redirects.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Sends the function key with every request.</summary>
    public HttpClient Operator { get; private set; } = null!;

    public string BaseUrl { get; private set; } = null!;

    public int ProcessId => process!.ProcessId;

    /// <summary>The last lines the app wrote.</summary>
    public string Log => process?.Output.ToString() ?? "";

    /// <summary>Changes what the app of this fixture is started with; null removes a setting.</summary>
    protected virtual void Configure(IDictionary<string, string?> settings)
    {
    }

    public async ValueTask InitializeAsync()
    {
        var database = environment.CreateDatabaseAsync();
        var storage = environment.TakeStorageAccountAsync();
        Twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = Account.AccountSid,
            AuthToken = Account.AuthToken,
            Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
        });
        OpenAI = await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { Dates = environment.Dates });
        Database = await database;
        Storage = await storage;
        var warmUp = OpenAI.WarmUpAsync(TestContext.Current.CancellationToken);
        await DemoFamily.SeedAsync(Database.AdminConnectionString);
        await StartOnAFreePortAsync();
        await warmUp;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        Http?.Dispose();
        Operator?.Dispose();
        await Twilio.DisposeAsync();
        await OpenAI.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>As a crash: nothing is finished, nothing is said.</summary>
    public Task KillAsync() => process!.KillAsync();

    /// <summary>As the platform asks: work in hand may end first.</summary>
    public Task StopAsync() => process!.StopAsync();

    /// <summary>Starts it again after <see cref="KillAsync"/> or <see cref="StopAsync"/>, or by stopping it first.</summary>
    /// <param name="change">Lasts until changed back.</param>
    public async Task RestartAsync(Action<IDictionary<string, string?>>? change = null)
    {
        await process!.DisposeAsync();
        change?.Invoke(settings);
        process = await AppProcess.StartAsync(new AppStart(BaseUrl, settings));
    }

    private async Task StartOnAFreePortAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            await UseAsync($"http://127.0.0.1:{LoopbackPort.Free()}");
            try
            {
                process = await AppProcess.StartAsync(new AppStart(BaseUrl, settings));
                return;
            }
            catch (LocalRunException exception) when (attempt < 3 && exception.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                // Another class took the port in between.
            }
        }
    }

    private async Task UseAsync(string baseUrl)
    {
        BaseUrl = baseUrl;
        Http = Client();
        Operator = Client();
        Operator.DefaultRequestHeaders.Add("x-functions-key", FunctionKey);
        Twilio.WebhookUrl = Account.WebhookUrl(baseUrl);
        // What the developer's own shell plugs into the app has no place in a test.
        settings = AppSettings.GivenInEnvironment().ToDictionary(name => name, _ => (string?)null);
        var wiring = new AppWiring
        {
            BaseUrl = baseUrl,
            Storage = Storage.ConnectionString,
            Postgres = Database.AppConnectionString,
            Twilio = Account with { ApiBaseUrl = Twilio.BaseUrl },
            TwilioMediaHosts = Twilio.CdnHost,
            OpenAIEndpoint = OpenAI.BaseUrl,
            OpenAIKey = new AzureOpenAISimulatorOptions().ApiKey,
            FunctionKey = FunctionKey,
            SessionSigningKey = SessionSigningKey,
            StateFolder = Path.Combine(await environment.ScratchFolderAsync(), $"host-{Database.Name}"),
        };
        foreach (var (name, value) in wiring.ToSettings())
            settings[name] = value;
        // As often as the local run looks at its queues, several apps at once would leave the processors little else to do.
        settings[AppSettings.PollingInterval] = "00:00:00.250";
        // It lives for seconds: to compile again what is called often would cost the processors a quarter more than the tests themselves.
        settings["DOTNET_TC_CallCountThreshold"] = "1000000";
        GenerousLimits.Set(settings);
        Configure(settings);
    }

    private HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(BaseUrl) };
}
