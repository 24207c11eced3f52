using System.Security.Cryptography;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>Installs the npm packages once per state of the lock file.</summary>
public static class NodePackages
{
    private const int OldestNode = 20;
    private const string WithTests = " with what tests need";

    /// <summary>Written only after a complete installation.</summary>
    private static string Marker => Path.Combine(Folder, ".familypa-installed");

    public static string Folder => Path.Combine(Repository.LocalFolder, "node_modules");

    /// <param name="forTests">Also install what only tests need.</param>
    public static async Task EnsureAsync(Action<string>? progress = null, bool forTests = false, CancellationToken cancellationToken = default)
    {
        if (IsCurrent(forTests))
            return;
        // Two concurrent installations would delete each other's files.
        var lockFile = Path.Combine(Repository.StateFolder, "npm.lock");
        using var held = await FileLock.AcquireAsync(lockFile, () => progress?.Invoke("waiting for another run to install the npm packages"), cancellationToken);
        if (IsCurrent(forTests))
            return;

        await RequireNodeAsync(cancellationToken);
        // A concurrent run may use the installed packages. npm ci deletes them first; npm install only adds.
        var command = IsCurrent(forTests: false) ? "install" : "ci";
        progress?.Invoke($"npm {command} (once, about {(forTests ? 80 : 50)} MB)");
        var (installed, output) = await RunAsync(
            "npm", [command, forTests ? "--include=dev" : "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], cancellationToken);
        if (!installed)
            throw new LocalRunException($"npm {command} failed in {Repository.LocalFolder}. Is the npm registry reachable?{Environment.NewLine}{output}");
        await File.WriteAllTextAsync(Marker, forTests ? LockHash() + WithTests : LockHash(), cancellationToken);
    }

    private static bool IsCurrent(bool forTests) =>
        File.Exists(Marker) && File.ReadAllText(Marker) is var installed && (installed == LockHash() + WithTests || (!forTests && installed == LockHash()));

    private static string LockHash() =>
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Repository.LocalFolder, "package-lock.json"))));

    private static async Task RequireNodeAsync(CancellationToken cancellationToken)
    {
        var (found, version) = await RunAsync("node", ["--version"], cancellationToken);
        if (!found)
            throw new LocalRunException($"Node.js {OldestNode} or newer is needed (queue storage and the database come from npm), and no node was found on the PATH: https://nodejs.org");
        if (!Version.TryParse(version.Trim().TrimStart('v'), out var parsed) || parsed.Major < OldestNode)
            throw new LocalRunException($"Node.js {OldestNode} or newer is needed; the one on the PATH is {version.Trim()}: https://nodejs.org");
    }

    // On Windows npm is a script, which starts only through the shell.
    private static Task<(bool Succeeded, string Output)> RunAsync(string command, string[] arguments, CancellationToken cancellationToken) =>
        ChildProcess.RunAsync(
            OperatingSystem.IsWindows()
                ? new ChildStart("cmd", ["/c", command, .. arguments]) { WorkingDirectory = Repository.LocalFolder }
                : new ChildStart(command, arguments) { WorkingDirectory = Repository.LocalFolder },
            cancellationToken);
}
