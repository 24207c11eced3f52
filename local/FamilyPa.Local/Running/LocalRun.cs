using FamilyPa.Local.App;
using FamilyPa.Local.Phone;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Local.Running;

/// <summary>Everything the app needs and the app itself. What was started is stopped in the opposite order.</summary>
internal sealed class LocalRun : IAsyncDisposable
{
    private const string StorageAccount = "familypa";
    private readonly Stack<IAsyncDisposable> started = new();

    public required RunOptions Options { get; init; }

    public required Outside Outside { get; init; }

    public required Action<string> Tell { get; init; }

    public LocalDatabase Database { get; private set; } = null!;

    public TwilioSimulator? Twilio { get; private set; }

    public AzureOpenAISimulator? OpenAI { get; private set; }

    public RunFile File { get; private set; } = null!;

    public async Task StartAsync(Steps steps, CancellationToken cancellationToken)
    {
        if (Options.Fresh)
            await steps.RunAsync("Data", _ => LocalData.DropAsync(), _ => "dropped");
        var port = LoopbackPort.IsFree(Options.Port) ? Options.Port : LoopbackPort.Free();
        if (port != Options.Port)
            Tell($"Port {Options.Port} is taken; the app gets {port}.");
        var secrets = LocalSecrets.Load(LocalData.Secrets);

        if (Outside.NeedsNodePackages)
            await steps.RunAsync("npm", async say => { await NodePackages.EnsureAsync(say, cancellationToken); return 0; }, _ => "packages in place");
        var database = StartDatabaseAsync(steps);
        var storage = StartStorageAsync(steps);
        var build = Options.NoBuild
            ? Task.FromResult(0)
            : steps.RunAsync("Build", async say => { await AppBuild.RunAsync(say, cancellationToken); return 0; }, _ => "the app is up to date");
        var twilio = StartSimulatorsAsync(port, secrets);
        await Task.WhenAll(database, storage, build, twilio);
        cancellationToken.ThrowIfCancellationRequested();

        var wiring = Wire(port, secrets, await twilio, await storage);
        File = Describe(wiring, Twilio is null ? null : await StartPhoneAsync());
        await steps.RunAsync("App", async say => { say("starting"); return await StartAppAsync(wiring, cancellationToken); }, ready => ready ? wiring.BaseUrl : $"{wiring.BaseUrl} answers, but is not ready: see {LocalData.AppLog}");
    }

    public async ValueTask DisposeAsync()
    {
        System.IO.File.Delete(RunFile.DefaultPath);
        while (started.TryPop(out var last))
            await last.DisposeAsync();
    }

    private T Own<T>(T service) where T : IAsyncDisposable
    {
        lock (started)
            started.Push(service);
        return service;
    }

    private async Task StartDatabaseAsync(Steps steps) => Database = Own(await steps.RunAsync(
        "PostgreSQL",
        say => Task.Run(() => Outside.Postgres is { } given ? LocalDatabase.ConnectAsync(given, say) : LocalDatabase.StartAsync(say)),
        database => database.Server is { } server ? $"127.0.0.1:{server.Port}" : "yours (POSTGRES_CONNECTION_STRING)"));

    private Task<string> StartStorageAsync(Steps steps) => steps.RunAsync(
        "Storage",
        async say =>
        {
            say("starting");
            var connection = Outside.Storage
                ?? Own(await AzuriteServer.StartAsync(Directory.CreateDirectory(LocalData.Storage).FullName, StorageAccount)).ConnectionString(StorageAccount);
            await AzuriteServer.CreateQueuesAsync(connection);
            return connection;
        },
        _ => Outside.Storage is null ? "Azurite" : "yours (AzureWebJobsStorage)");

    private async Task<TwilioAccount> StartSimulatorsAsync(int port, LocalSecrets secrets)
    {
        var defaults = new TwilioSimulatorOptions();
        var account = new TwilioAccount(
            Outside.Given(AppSettings.TwilioAccountSid) ?? defaults.AccountSid,
            Outside.Given(AppSettings.TwilioAuthToken) ?? secrets.AuthToken,
            Outside.Given(AppSettings.WebhookSharedSecret) ?? secrets.SharedSecret,
            Outside.Given(AppSettings.TwilioApiBaseUrl) ?? "https://api.twilio.com");
        if (!Outside.HasOpenAI)
            OpenAI = Own(await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { NodeModules = NodePackages.Folder }));
        if (Outside.HasTwilio)
            return account;
        Twilio = Own(await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = account.AccountSid,
            AuthToken = account.AuthToken,
            Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
            WebhookUrl = account.WebhookUrl(BaseUrl(port)),
            PublicWebhookUrl = account.WebhookUrl(Outside.Given(AppSettings.PublicBaseUrl) ?? BaseUrl(port)),
        }));
        return account with { ApiBaseUrl = Twilio.BaseUrl };
    }

    private AppWiring Wire(int port, LocalSecrets secrets, TwilioAccount twilio, string storage) => new()
    {
        BaseUrl = BaseUrl(port),
        PublicBaseUrl = Outside.Given(AppSettings.PublicBaseUrl),
        Storage = storage,
        Postgres = Database.AppConnectionString,
        Twilio = twilio,
        OpenAIEndpoint = OpenAI?.BaseUrl ?? Outside.Given(AppSettings.OpenAIEndpoint)!,
        OpenAIKey = OpenAI is null ? null : new AzureOpenAISimulatorOptions().ApiKey,
        FunctionKey = Outside.Given(AppSettings.RuntimeKey) ?? secrets.FunctionKey,
        SessionSigningKey = secrets.SessionSigningKey,
        StateFolder = LocalData.Host,
    };

    private RunFile Describe(AppWiring wiring, string? phone) => new()
    {
        BaseUrl = wiring.BaseUrl,
        PublicBaseUrl = wiring.PublicBaseUrl ?? wiring.BaseUrl,
        Postgres = Database.Uri,
        Storage = wiring.Storage,
        FunctionKey = wiring.FunctionKey,
        Twilio = new(
            wiring.Twilio.AccountSid, wiring.Twilio.AuthToken, wiring.Twilio.SharedSecret,
            wiring.Twilio.WebhookUrl(wiring.PublicBaseUrl ?? wiring.BaseUrl), wiring.Twilio.ApiBaseUrl),
        Openai = new(wiring.OpenAIEndpoint),
        AppPid = 0,
        AppLog = LocalData.AppLog,
        Phone = phone,
    };

    private async Task<string> StartPhoneAsync() => Own(await PhoneServer.StartAsync(Twilio!, DemoFamily.Members)).Url;

    private async Task<bool> StartAppAsync(AppWiring wiring, CancellationToken cancellationToken)
    {
        System.IO.File.Delete(LocalData.AppLog);
        var start = new AppStart(wiring.BaseUrl, Outside.Over(wiring.ToSettings())) { LogFile = LocalData.AppLog, RecordFile = LocalData.AppRecord };
        Own(await AppSupervisor.StartAsync(start, app =>
        {
            File = File with { AppPid = app.ProcessId };
            File.Write(RunFile.DefaultPath);
        }, Tell, cancellationToken));
        // Asks the database and the queues, and so opens the connections that the first message would otherwise wait for.
        using var http = new HttpClient();
        using var answer = await http.GetAsync($"{wiring.BaseUrl}/api/health/ready", cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    private static string BaseUrl(int port) => $"http://127.0.0.1:{port}";
}
