using System.Reflection;
using System.Runtime.InteropServices;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.App;

/// <summary>Builds the app in the same configuration as this program.</summary>
public static class AppBuild
{
    private static readonly string[] Sources = ["FamilyPa.Core", "FamilyPa.Functions"];

    /// <summary>In its exact case: a build of "debug" after "Debug" would compile everything again.</summary>
    public static string Configuration { get; } = typeof(AppBuild).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    public static string Assembly { get; } =
        Path.Combine(Repository.Root, "artifacts", "bin", "FamilyPa.Functions", Configuration.ToLowerInvariant(), "FamilyPa.Functions.dll");

    /// <summary>The dotnet that runs this process. The PATH may have none or a different one.</summary>
    public static string DotNet { get; } = FindDotNet();

    /// <summary>A file whose time is the start of the last successful build.</summary>
    private static string Marker => Path.Combine(Repository.StateFolder, $"built-{Configuration}");

    public static async Task RunAsync(Action<string>? progress = null, CancellationToken cancellationToken = default)
    {
        // An up-to-date build takes several seconds.
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

    /// <summary>Includes folders, because a deletion changes their time.</summary>
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
