using System.Text.Json;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.App;

/// <summary>
/// Runs the published app under the platform's own host instead of the local one: the Functions Core Tools, or the host itself.
/// </summary>
public sealed class PlatformHost(ChildProcess process, DirectoryInfo keys) : IAsyncDisposable
{
    /// <summary>Environment variable with the host's folder, or <c>func</c> for the Core Tools on the PATH.</summary>
    public const string Variable = "FAMILYPA_FUNCTIONS_HOST";

    private const string CoreTools = "func";
    private const string WebHost = "Microsoft.Azure.WebJobs.Script.WebHost";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Not cached, because an option of the local run sets the variable.</summary>
    public static bool IsUsed => AppSettings.Given(Variable) is not null;

    public ChildProcess Process => process;

    /// <summary>The program of the host that the variable names.</summary>
    /// <exception cref="LocalRunException">It is not on this machine.</exception>
    public static string Find() => Find(AppSettings.Given(Variable)!, Environment.GetEnvironmentVariable("PATH") ?? "");

    internal static string Find(string host, string path)
    {
        var (name, folders) = host == CoreTools ? (CoreTools, path.Split(Path.PathSeparator)) : (WebHost, [host]);
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        return folders.SelectMany(folder => endings.Select(ending => Path.Combine(folder, name + ending))).FirstOrDefault(File.Exists)
            ?? throw new LocalRunException(host == CoreTools
                ? "The Azure Functions Core Tools are not installed: there is no func on the PATH."
                : $"The platform's host was not found: there is no {WebHost} in {host}.");
    }

    /// <summary>Starts the host and waits until the app responds.</summary>
    /// <param name="program">As <see cref="Find()"/> returns it.</param>
    public static async Task<PlatformHost> StartAsync(string program, AppStart start, Action<string> onLine, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(start.PublishedFolder, "worker.config.json")))
            throw new LocalRunException($"The app is not published for the Functions host: there is no worker.config.json in {start.PublishedFolder}.");
        var keys = Directory.CreateTempSubdirectory("familypa-keys");
        var host = new PlatformHost(await ChildProcess.StartAsync(Command(program, start, keys) with { RecordFile = start.RecordFile, OnLine = onLine }), keys);
        try
        {
            await host.WaitUntilLiveAsync(start, cancellationToken);
            return host;
        }
        catch
        {
            await host.KillAsync();
            await host.DisposeAsync();
            throw;
        }
    }

    public Task KillAsync() => Process.KillAsync();

    /// <summary>The host waits ten seconds for functions in progress before it cancels them.</summary>
    public async ValueTask DisposeAsync()
    {
        await Process.StopAsync(Signal.Terminate, TimeSpan.FromSeconds(30));
        await Process.DisposeAsync();
        if (Directory.Exists(keys.FullName))
            keys.Delete(recursive: true);
    }

    private static ChildStart Command(string program, AppStart start, DirectoryInfo keys) =>
        Path.GetFileNameWithoutExtension(program) == CoreTools
            ? new ChildStart(program, "start", "--no-build", "--port", $"{new Uri(start.BaseUrl).Port}")
            {
                WorkingDirectory = start.PublishedFolder,
                DiesWithItsChildren = true,
                Environment = new Dictionary<string, string?>(start.Settings) { ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated" },
            }
            : new ChildStart(program)
            {
                WorkingDirectory = Path.GetDirectoryName(program),
                // The host does not end its worker when it is killed.
                DiesWithItsChildren = true,
                Environment = new Dictionary<string, string?>(start.Settings)
                {
                    ["ASPNETCORE_URLS"] = start.BaseUrl,
                    ["AzureWebJobsScriptRoot"] = start.PublishedFolder,
                    ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
                    ["languageWorkers__dotnet-isolated__workerDirectory"] = start.PublishedFolder,
                    ["AzureWebJobsSecretStorageType"] = "files",
                    ["FUNCTIONS_SECRETS_PATH"] = WriteKeys(start.FunctionKey, keys),
                    // The host's console log is off by default, and tests read it.
                    ["AzureFunctionsJobHost__logging__console__isEnabled"] = "true",
                    ["AzureFunctionsJobHost__logging__logLevel__Function"] = "Information",
                    // With this variable the host believes that it runs in Azure.
                    ["CONTAINER_NAME"] = null,
                    // The host targets an older .NET than the app.
                    ["DOTNET_ROLL_FORWARD"] = "Major",
                },
            };

    private async Task WaitUntilLiveAsync(AppStart start, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(start.Timeout);
        while (!Process.Exited.IsCompleted)
        {
            try
            {
                using var answer = await Http.GetAsync($"{start.BaseUrl}{start.LivePath}", limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !limit.IsCancellationRequested)
            {
                // Not listening yet, or too slow.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new LocalRunException($"The app did not answer {start.BaseUrl}{start.LivePath} within {start.Timeout.TotalSeconds:0} s.");
            }

            await Task.WhenAny(Process.Exited, Task.Delay(25, CancellationToken.None));
            cancellationToken.ThrowIfCancellationRequested();
        }

        throw new LocalRunException($"The Functions host ended with code {await Process.Exited} before the app answered.");
    }

    private static string WriteKeys(string key, DirectoryInfo folder)
    {
        File.WriteAllText(
            Path.Combine(folder.FullName, "host.json"),
            JsonSerializer.Serialize(new { masterKey = Key("master"), functionKeys = new[] { Key("default") }, systemKeys = Array.Empty<object>() }));
        return folder.FullName;

        object Key(string name) => new { name, value = key, encrypted = false };
    }
}
