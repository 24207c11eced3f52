using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>An Azurite server for queues and blobs on free loopback ports, with one or more accounts.</summary>
public sealed partial class AzuriteServer(ChildProcess process, Uri blobs, Uri queues, IReadOnlyDictionary<string, string> keys) : IAsyncDisposable
{
    /// <summary>The app's queues. Each also has a poison queue.</summary>
    public static IReadOnlyList<string> Queues { get; } = ["download", "transcribe", "extract", "finalize", "inbound", "notifications"];

    public int ProcessId => process.Id;
    public Task<int> Exited => process.Exited;
    public OutputTail Output => process.Output;
    public Uri BlobEndpoint => blobs;
    public Uri QueueEndpoint => queues;

    /// <param name="folder">Persistent data folder; null keeps the data in memory.</param>
    public static Task<AzuriteServer> StartAsync(string? folder, params IReadOnlyList<string> accounts) => StartAsync(folder, null, accounts);

    /// <param name="onRequest">Called with each line of the access log, which is off when this is null.</param>
    public static async Task<AzuriteServer> StartAsync(string? folder, Action<string>? onRequest, params IReadOnlyList<string> accounts)
    {
        // A fixed key, such as that of Azurite's default account, would let every local process and web page in.
        var keys = accounts.ToDictionary(account => account, _ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)));
        var started = new TaskCompletionSource<(Uri, Uri)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Uri? blobs = null;
        var process = await ChildProcess.StartAsync(new ChildStart("node", Arguments(folder, onRequest is null))
        {
            Environment = new Dictionary<string, string?> { ["AZURITE_ACCOUNTS"] = string.Join(';', keys.Select(pair => $"{pair.Key}:{pair.Value}")) },
            // With a folder, Azurite writes its tables on exit.
            WhenParentDies = folder is null ? Signal.Kill : Signal.Terminate,
            RecordFile = folder is null ? null : RecordIn(folder),
            OnLine = line =>
            {
                if (Listening().Match(line) is not { Success: true } match)
                {
                    onRequest?.Invoke(line);
                    return;
                }

                var endpoint = new Uri(match.Groups["endpoint"].Value);
                if (match.Groups["service"].Value == "Blob")
                    blobs = endpoint;
                else
                    started.TrySetResult((blobs!, endpoint));
            },
        });
        if (await Task.WhenAny(started.Task, process.Exited) != started.Task)
            throw new LocalRunException($"Azurite did not start:{Environment.NewLine}{process.Output.Last(15)}");
        var (blobEndpoint, queueEndpoint) = await started.Task;
        return new AzuriteServer(process, blobEndpoint, queueEndpoint, keys);
    }

    /// <summary>Ends a server that an earlier run left running there, and deletes its data.</summary>
    public static async Task DeleteAsync(string folder)
    {
        await ProcessRecord.EndOrphanAsync(RecordIn(folder));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    public string ConnectionString(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={keys[account]};BlobEndpoint={blobs}{account};QueueEndpoint={queues}{account};";

    /// <summary>The host does not create missing queues. In Azure the deployment creates them.</summary>
    public static Task CreateQueuesAsync(string connectionString)
    {
        var service = new QueueServiceClient(connectionString);
        return Task.WhenAll(Queues.SelectMany(name => new[] { name, name + "-poison" }).Select(name => service.GetQueueClient(name).CreateIfNotExistsAsync()));
    }

    /// <summary>Clears every queue of the account.</summary>
    public static async Task ClearQueuesAsync(string connectionString)
    {
        var service = new QueueServiceClient(connectionString);
        await foreach (var queue in service.GetQueuesAsync())
            await service.GetQueueClient(queue.Name).ClearMessagesAsync();
    }

    public Task StopAsync() => process.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(5));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await process.DisposeAsync();
    }

    private static string RecordIn(string folder) => Path.Combine(folder, "process.json");

    // Started without npx, which would not end the server when it is stopped. With port 0 the system picks a free port.
    private static string[] Arguments(string? folder, bool silent) =>
    [
        Path.Combine(NodePackages.Folder, "azurite", "dist", "src", "azurite.js"),
        "--skipApiVersionCheck", "--disableTelemetry", .. silent ? (string[])["--silent"] : [],
        "--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0", "--tableHost", "127.0.0.1", "--tablePort", "0",
        .. folder is null ? (string[])["--inMemoryPersistence"] : ["--location", folder],
    ];

    [GeneratedRegex("Azurite (?<service>Blob|Queue) service is successfully listening at (?<endpoint>http://[0-9.:]+)")]
    private static partial Regex Listening();
}
