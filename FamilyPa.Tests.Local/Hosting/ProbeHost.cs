using System.Net;
using Azure.Storage.Queues;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;
using FunctionsHost;

namespace FamilyPa.Tests.Local.Hosting;

/// <summary>The app of FamilyPa.Tests.Probe behind the local host, or the platform's own. Only the functions that a test names are enabled.</summary>
internal sealed class ProbeHost : IAsyncDisposable
{
    public const string Key = "probe-function-key";

    private static readonly string[] Triggered = ["Text", "Whole", "TextPoison", "Relay", "EverySecond", "Hanging", "Nightly", "Failing"];

    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "bin", "FamilyPa.Tests.Probe", AppBuild.Configuration.ToLowerInvariant());
    private static readonly string PublishedFolder = Path.Combine(Repository.Root, "artifacts", "probe");
    private static readonly Lazy<Task> Published = new(() => AppPublication.PublishAsync("FamilyPa.Tests.Probe", PublishedFolder));

    private readonly string calls;

    private ProbeHost(AppProcess process, StorageAccount storage, string calls)
    {
        Process = process;
        Storage = storage;
        this.calls = calls;
        Client = AppInstance.Client(process.BaseUrl);
    }

    public AppProcess Process { get; }

    public StorageAccount Storage { get; }

    public HttpClient Client { get; }

    public IReadOnlyList<string> Log => Process.Output.Lines;

    /// <summary>The functions' calls in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            using var stream = new FileStream(calls, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <param name="functions">The enabled queue and timer functions; HTTP functions are always enabled.</param>
    /// <param name="queueSettings">Settings of <c>extensions.queues</c> in host.json.</param>
    public static async Task<ProbeHost> StartAsync(
        TestEnvironment environment, string[] functions, Dictionary<string, string>? queueSettings = null, Dictionary<string, string?>? settings = null, StorageAccount? storage = null,
        Func<string, string>? throughProxy = null, Action? onCallback = null, Func<FunctionsHostOptions, FunctionsHostOptions>? localHost = null)
    {
        if (PlatformHost.IsUsed)
            await Published.Value;
        storage ??= await environment.TakeStorageAccountAsync();
        foreach (var queue in (string[])["text", "text-poison", "whole", "relay"])
            await storage.Queue(queue).CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);
        var calls = Path.GetTempFileName();
        var all = new Dictionary<string, string?>(settings ?? [])
        {
            ["AzureWebJobsStorage"] = throughProxy is null ? storage.ConnectionString : throughProxy(storage.ConnectionString),
            ["PROBE_CALLS"] = calls,
            ["AzureFunctionsJobHost__logging__logLevel__Function"] = "Information",
        };
        all.TryAdd("PROBE_NIGHTLY", "0 0 3 * * *");
        foreach (var (name, value) in queueSettings ?? [])
            all[$"AzureFunctionsJobHost__extensions__queues__{name}"] = value;
        DisabledFunctions.Set(all, [.. Triggered.Except(functions)]);
        var process = await AppProcess.StartAsync(
            new AppStart($"http://127.0.0.1:{LoopbackPort.Free()}", Key, all)
            {
                Assembly = Path.Combine(Folder, "FamilyPa.Tests.Probe.dll"),
                PublishedFolder = PublishedFolder,
                LivePath = "/any",
                LocalHost = localHost ?? (options => options),
                OnReady = _ => onCallback?.Invoke(),
                OnExit = _ =>
                {
                    onCallback?.Invoke();
                    return Task.CompletedTask;
                },
                Timeout = TimeSpan.FromSeconds(settings?.GetValueOrDefault("PROBE_START") is "hang" or "die" ? 3 : 60),
            },
            TestContext.Current.CancellationToken);
        return new ProbeHost(process, storage, calls);
    }

    public QueueClient Queue(string name) => Storage.Queue(name);

    public Task SendAsync(string queue, string message) => Queue(queue).SendMessageAsync(message, TestContext.Current.CancellationToken);

    public async Task<int> CountAsync(string queue) =>
        (await Queue(queue).GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount;

    public Task WaitForAsync(Func<IReadOnlyList<string>, bool> condition) => WaitUntilAsync(() => Task.FromResult(condition(Calls)));

    public Task WaitForCallAsync(string call) => WaitForAsync(calls => calls.Contains(call));

    public Task WaitForLineAsync(string text) => WaitUntilAsync(() => Task.FromResult(Log.Any(line => line.Contains(text, StringComparison.Ordinal))));

    /// <summary>Waits until the queue has no messages, visible or not.</summary>
    public Task WaitUntilEmptyAsync(string queue) => WaitUntilAsync(async () => await CountAsync(queue) == 0);

    public async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(FamilyPaApp.Patience);
        try
        {
            while (!await condition())
                await Task.Delay(20, limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"The condition was not met in time. Calls:{Environment.NewLine}{string.Join(Environment.NewLine, Calls)}{Environment.NewLine}Log:{Environment.NewLine}{Process.Output.Last(40)}");
        }
    }

    public async Task<(HttpStatusCode Status, string Body)> ReadAsync(string path)
    {
        using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
        File.Delete(calls);
        File.Delete($"{calls}.starts");
    }
}
