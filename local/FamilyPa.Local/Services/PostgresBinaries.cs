using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>Finds a PostgreSQL that runs on this machine: the npm package's, a copy of it that the server's user can read, or Debian's.</summary>
internal sealed record PostgresBinaries(string Folder, string Version)
{
    public string InitDb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    private static string Package => Path.Combine(NodePackages.Folder, "@embedded-postgres", Platform);

    private static string Platform { get; } =
        $"{(OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    public static async Task<PostgresBinaries> FindAsync(Action<string>? progress)
    {
        if (Privileges.IsRoot && !Privileges.CanDropRoot)
            throw new LocalRunException("PostgreSQL refuses to run as root, and there is no setpriv (util-linux) to start it as another user. Run this as an ordinary user.");
        LinkLibraries();
        var packaged = Path.Combine(Package, "native", "bin");
        if (await ProbeAsync(packaged) is { } inPlace)
            return inPlace;
        if (Directory.Exists(packaged) && Privileges.IsRoot && await ProbeAsync(await CopyAsync()) is { } copied)
            return copied;
        foreach (var folder in InstalledByDebian())
            if (await ProbeAsync(folder) is { } installed)
            {
                progress?.Invoke($"the packaged PostgreSQL does not run here; using {installed.Folder}");
                return installed;
            }
        throw new LocalRunException($"No PostgreSQL runs on this machine ({Platform}): the one from npm is in {packaged}. Set POSTGRES_CONNECTION_STRING to use another server.");
    }

    private static IEnumerable<string> InstalledByDebian()
    {
        const string Versions = "/usr/lib/postgresql";
        return Directory.Exists(Versions)
            ? Directory.GetDirectories(Versions).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
    }

    private static async Task<PostgresBinaries?> ProbeAsync(string folder)
    {
        if (!File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "postgres.exe" : "postgres")))
            return null;
        var (runs, version) = await ChildProcess.RunAsync(new ChildStart(Path.Combine(folder, "postgres"), "--version") { AsNobody = Privileges.IsRoot, WorkingDirectory = "/" });
        return runs ? new PostgresBinaries(folder, version.Split(' ')[2].Trim()) : null;
    }

    private static async Task<string> CopyAsync()
    {
        using var description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Package, "package.json")));
        var target = Path.Combine(ReachableFolder.OutsideTheClone(), $"postgres-{description.RootElement.GetProperty("version")}");
        using var held = await FileLock.AcquireAsync(target + ".lock");
        if (!Directory.Exists(target))
        {
            var unfinished = target + ".unfinished";
            await ChildProcess.RunAsync(new ChildStart("cp", "-R", Path.Combine(Package, "native"), unfinished));
            Directory.Move(unfinished, target);
        }

        return Path.Combine(target, "bin");
    }

    /// <summary>Creates the symbolic links of the npm package, whose install script may be disabled. npm packages cannot contain links.</summary>
    private static void LinkLibraries()
    {
        var list = Path.Combine(Package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        foreach (var (source, target) in JsonSerializer.Deserialize<LibraryLink[]>(File.ReadAllText(list))!)
        {
            var link = Path.Combine(Package, target);
            if (!File.Exists(link))
                File.CreateSymbolicLink(link, Path.GetRelativePath(Path.GetDirectoryName(link)!, Path.Combine(Package, source)));
        }
    }

    private sealed record LibraryLink([property: JsonPropertyName("source")] string Source, [property: JsonPropertyName("target")] string Target);
}
