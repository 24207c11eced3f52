using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Bench.Peers;

/// <summary>A peer of <c>bench/Peers</c> as a process, with a database of its own on the app's server.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Names = ["Wolverine", "Hangfire"];

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string url;
    private readonly ChildStart start;
    private ChildProcess process = null!;

    private PeerProcess(string url, string postgres, ChildStart start)
    {
        this.url = url;
        this.start = start;
        ConnectionString = postgres;
    }

    public string ConnectionString { get; }

    public string WebhookUrl => BenchEnvironment.WebhookUrl(url);

    public int ProcessId => process.Id;

    /// <summary>Builds a peer and starts it with the app's settings.</summary>
    public static async Task<PeerProcess> StartAsync(string name, BenchEnvironment environment, Action<string> progress)
    {
        progress($"publishing bench/Peers/{name}");
        var folder = Path.Combine(Repository.Root, "artifacts", "peers", name);
        await AppPublication.PublishAsync($"bench/Peers/{name}", folder);
        var url = $"http://127.0.0.1:{LoopbackPort.Free()}";
        var postgres = await environment.CreateDatabaseAsync(name);
        var settings = environment.Settings(url);
        settings[AppSettings.Postgres] = postgres;
        settings["ASPNETCORE_URLS"] = url;
        var peer = new PeerProcess(url, postgres, new ChildStart(AppBuild.DotNet, Path.Combine(folder, $"Peer.{name}.dll")) { WorkingDirectory = folder, Environment = settings });
        peer.process = await BenchEnvironment.StartServerAsync(peer.http, url, peer.start);
        return peer;
    }

    public Task PauseAsync(bool paused)
    {
        process.Pause(paused);
        return Task.CompletedTask;
    }

    /// <summary>Kills the process, as <c>kill -9</c>, and starts the next one.</summary>
    public async Task KillAsync()
    {
        await process.DisposeAsync();
        process = await BenchEnvironment.StartServerAsync(http, url, start);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
    }
}
