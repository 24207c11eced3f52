using System.Reflection;
using System.Runtime.InteropServices;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.App;

/// <summary>The app as built beside us, in the configuration of the running program.</summary>
public static class AppBuild
{
    private static readonly string[] Sources = ["FamilyPa.Core", "FamilyPa.Functions"];

    /// <summary>Ours, in its exact spelling: built as "debug" after "Debug", everything would be compiled again.</summary>
    public static string Configuration { get; } = typeof(AppBuild).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    public static string Assembly { get; } =
        Path.Combine(Repository.Root, "artifacts", "bin", "FamilyPa.Functions", Configuration.ToLowerInvariant(), "FamilyPa.Functions.dll");

    /// <summary>The dotnet that runs us: there may be another one, or none, on the PATH.</summary>
    public static string DotNet { get; } = FindDotNet();

    /// <summary>Written after a build, with the time of its beginning.</summary>
    private static string Marker => Path.Combine(Repository.StateFolder, $"built-{Configuration}");

    public static async Task RunAsync(Action<string>? progress = null, CancellationToken cancellationToken = default)
    {
        // A build that finds nothing to do takes several seconds to find it.
        if (File.Exists(Assembly) && File.Exists(Marker) && LastChange() < File.GetLastWriteTimeUtc(Marker))
            return;
        progress?.Invoke($"dotnet build FamilyPa.Functions -c {Configuration}");
        var begun = DateTime.UtcNow;
        var (built, output) = await ChildProcess.RunAsync(
            new ChildStart(DotNet, "build", "FamilyPa.Functions", "-c", Configuration, "--no-restore", "--nologo", "-m:1", "-v", "q", "-clp:NoSummary") { WorkingDirectory = Repository.Root },
            cancellationToken);
        if (!built)
            throw new LocalRunException($"The app does not build:{Environment.NewLine}{output}");
        await File.WriteAllTextAsync(Marker, "", cancellationToken);
        File.SetLastWriteTimeUtc(Marker, begun);
    }

    /// <summary>Folders count too: a deleted file leaves its time in them.</summary>
    private static DateTime LastChange() =>
        Sources.SelectMany(folder => Directory.EnumerateFileSystemEntries(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root))
            .Max(File.GetLastWriteTimeUtc);

    private static string FindDotNet()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var dotnet = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(dotnet) ? dotnet : "dotnet";
    }
}
