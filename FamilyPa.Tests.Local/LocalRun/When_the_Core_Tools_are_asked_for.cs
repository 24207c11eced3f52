using System.Text.Json;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Tests.Local.LocalRun;

/// <summary>A program named func that does what the Core Tools are started for: it serves the app of its folder on its port.</summary>
public sealed class When_the_Core_Tools_are_asked_for : IDisposable
{
    private const string Serving =
        """
        #!/usr/bin/env node
        const { FUNCTIONS_WORKER_RUNTIME: runtime, GREETING: greeting, CALL: file } = process.env;
        const args = process.argv.slice(2);
        require('fs').writeFileSync(file, JSON.stringify({ args: args.join(' '), folder: process.cwd(), runtime, greeting }));
        require('http').createServer((request, answer) => answer.end()).listen(args[args.indexOf('--port') + 1], '127.0.0.1', () => console.log('Worker process started and initialized.'));
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("familypa-func");
    private readonly List<string> lines = [];
    private readonly int port = LoopbackPort.Free();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Call => Path.Combine(folder.FullName, "call.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task They_run_the_published_app_on_its_port_and_are_ended()
    {
        var host = await StartAsync(Serving);
        using var call = JsonDocument.Parse(await File.ReadAllTextAsync(Call, Cancellation));

        Assert.Equal(
            [$"start --no-build --port {port}", folder.FullName, "dotnet-isolated", "hello"],
            ((string[])["args", "folder", "runtime", "greeting"]).Select(name => call.RootElement.GetProperty(name).GetString()));
        Assert.Contains("Worker process started and initialized.", lines);

        await host.DisposeAsync();
        Assert.True(host.Process.Exited.IsCompleted);
        Assert.True(LoopbackPort.IsFree(port));
    }

    [Fact]
    public async Task That_they_end_at_once_is_said() =>
        Assert.Contains("ended with code 3", (await Assert.ThrowsAsync<LocalRunException>(() => StartAsync("#!/bin/sh\nexit 3"))).Message, StringComparison.Ordinal);

    [Fact]
    public void That_they_are_missing_is_said() =>
        Assert.Contains("no func on the PATH", Assert.Throws<LocalRunException>(() => PlatformHost.Find("func", folder.FullName)).Message, StringComparison.Ordinal);

    [Fact]
    public void That_a_folder_holds_no_host_is_said() =>
        Assert.Contains(folder.FullName, Assert.Throws<LocalRunException>(() => PlatformHost.Find(folder.FullName, "")).Message, StringComparison.Ordinal);

    private async Task<PlatformHost> StartAsync(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A script is no program there.");
        var func = Path.Combine(folder.FullName, "func");
        await File.WriteAllTextAsync(func, script, Cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(func, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "worker.config.json"), "{}", Cancellation);
        var start = new AppStart($"http://127.0.0.1:{port}", "key", new Dictionary<string, string?> { ["GREETING"] = "hello", ["CALL"] = Call }) { PublishedFolder = folder.FullName };
        return await PlatformHost.StartAsync(PlatformHost.Find("func", folder.FullName), start, line => { lock (lines) lines.Add(line); }, Cancellation);
    }
}
