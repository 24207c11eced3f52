using FamilyPa.Local.App;
using FamilyPa.Local.Phone;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;

namespace FamilyPa.Local.Running;

/// <summary>Starts the app and its services, and stops them in reverse order.</summary>
internal sealed class LocalRun : IAsyncDisposable
{
    private const string StorageAccount = "familypa";
    private readonly Stack<IAsyncDisposable> started = new();
    private string storage = "";

    public required RunOptions Options { get; init; }

    public required Outside Outside { get; init; }

    public required Action<string> Tell { get; init; }

    public LocalDatabase Database { get; private set; } = null!;

    public LocalSimulators Simulators { get; private set; } = null!;

    public RunFile File { get; private set; } = null!;

    public async Task StartAsync(Steps steps, CancellationToken cancellationToken)
    {
        if (PlatformHost.IsUsed)
            PlatformHost.Find();
        if (Options.Fresh)
            await steps.RunAsync("Data", _ => LocalData.DropAsync(), "dropped");
        // Reserve the port until the app binds it, because the services started before also take ports.
        using var held = LoopbackPort.Hold(Options.Port);
        var port = held.Number;
        if (port != Options.Port)
            Tell($"Port {Options.Port} is in use; the app uses {port}.");
        var secrets = LocalSecrets.Load(LocalData.Secrets);

        // Report the first failure and cancel the other steps.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(
            GiveUpOnFailure(BuildAsync(steps, failed.Token)),
            GiveUpOnFailure(StartServicesAsync(steps, secrets, BaseUrl(port), failed.Token)));
        cancellationToken.ThrowIfCancellationRequested();

        var wiring = Wire(port, secrets);
        File = RunFile.Of(wiring, Database.Uri, Simulators.Twilio is { } twilio ? Own(await PhoneServer.StartAsync(twilio, DemoFamily.Members, listens: Simulators.OpenAI is null)).Url : null);
        await steps.RunAsync(
            "App",
            async say =>
            {
                say("starting");
                held.Dispose();
                return await StartAppAsync(wiring, cancellationToken);
            },
            ready => ready ? wiring.BaseUrl : $"{wiring.BaseUrl} responds, but is not ready: see {LocalData.AppLog}");

        async Task GiveUpOnFailure(Task step)
        {
            try
            {
                await step;
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
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

    private async Task BuildAsync(Steps steps, CancellationToken cancellationToken)
    {
        if (!Options.NoBuild)
            await steps.RunAsync("Build", say => PlatformHost.IsUsed ? AppPublication.EnsureAsync() : AppBuild.RunAsync(say, cancellationToken), "the app is up to date");
    }

    private async Task StartServicesAsync(Steps steps, LocalSecrets secrets, string baseUrl, CancellationToken cancellationToken)
    {
        if (Outside.NeedsNodePackages)
            await steps.RunAsync("npm", say => NodePackages.EnsureAsync(say, cancellationToken: cancellationToken), "packages in place");
        cancellationToken.ThrowIfCancellationRequested();
        await Task.WhenAll(StartDatabaseAsync(steps), StartStorageAsync(steps), StartSimulatorsAsync(secrets, baseUrl));
    }

    private async Task StartSimulatorsAsync(LocalSecrets secrets, string baseUrl) =>
        Simulators = Own(await LocalSimulators.StartAsync(Outside, secrets, baseUrl));

    private async Task StartDatabaseAsync(Steps steps) => Database = Own(await steps.RunAsync(
        "PostgreSQL",
        say => Task.Run(() => Outside.Postgres is { } given ? LocalDatabase.ConnectAsync(given, say) : LocalDatabase.StartAsync(say)),
        database => database.Server is { } server ? $"127.0.0.1:{server.Port}" : "yours (POSTGRES_CONNECTION_STRING)"));

    private async Task StartStorageAsync(Steps steps) => storage = await steps.RunAsync(
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

    private AppWiring Wire(int port, LocalSecrets secrets) => new()
    {
        BaseUrl = BaseUrl(port),
        PublicBaseUrl = Outside.Given(AppSettings.PublicBaseUrl),
        Storage = storage,
        Postgres = Database.AppConnectionString,
        Twilio = Simulators.Account,
        TwilioMediaHosts = Simulators.Twilio?.CdnHost,
        OpenAIEndpoint = Simulators.OpenAI?.BaseUrl ?? Outside.Given(AppSettings.OpenAIEndpoint)!,
        OpenAIKey = Simulators.OpenAI is null ? null : new AzureOpenAISimulatorOptions().ApiKey,
        FunctionKey = secrets.FunctionKey,
        SessionSigningKey = secrets.SessionSigningKey,
    };

    private async Task<bool> StartAppAsync(AppWiring wiring, CancellationToken cancellationToken)
    {
        System.IO.File.Delete(LocalData.AppLog);
        Own(await AppProcess.StartAsync(
            new AppStart(wiring.BaseUrl, wiring.FunctionKey, Outside.Over(wiring.ToSettings()))
            {
                LogFile = LocalData.AppLog,
                RecordFile = LocalData.AppRecord,
                OnReady = processId =>
                {
                    if (File.AppPid != 0)
                        Tell($"The app runs again, as process {processId}.");
                    File = File with { AppPid = processId };
                    File.Write(RunFile.DefaultPath);
                },
                OnExit = code =>
                {
                    Tell($"The app ended with code {code}; restarting it.");
                    return Task.CompletedTask;
                },
            },
            cancellationToken));
        // The readiness check also opens the connections for which the first message would otherwise wait.
        using var http = new HttpClient();
        using var answer = await http.GetAsync($"{wiring.BaseUrl}/api/health/ready", cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    private static string BaseUrl(int port) => $"http://127.0.0.1:{port}";
}

/// <summary>The options of the command line.</summary>
internal sealed record RunOptions(int Port, bool Fresh, bool Demo, bool NoBuild);
