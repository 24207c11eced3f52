using System.Security.Cryptography;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>
/// A data directory and its password. initdb takes almost a second and a copy 50 ms, so initdb runs once per version and data directories are copies.
/// </summary>
internal sealed record PostgresCluster(string DataFolder, string Password)
{
    public static async Task<PostgresCluster> PrepareAsync(string folder, PostgresBinaries binaries)
    {
        var reachable = await ReachableFolder.ForAsync(folder);
        var data = DataFolderIn(reachable);
        var passwordFile = Path.Combine(folder, "password");
        if (!File.Exists(Path.Combine(data, "PG_VERSION")) || !File.Exists(passwordFile))
        {
            var (master, masterPassword) = await InitialisedAsync(binaries);
            if (Directory.Exists(data))
                Directory.Delete(data, recursive: true);
            await CopyAsync(master, data);
            SecretFile.Write(passwordFile, masterPassword);
        }

        return new PostgresCluster(data, await File.ReadAllTextAsync(passwordFile));
    }

    public static string DataFolderIn(string folder) => Path.Combine(folder, "data");

    private static async Task<(string Data, string Password)> InitialisedAsync(PostgresBinaries binaries)
    {
        var folder = Path.Combine(Repository.StateFolder, $"initialised-{binaries.Version}");
        var data = DataFolderIn(await ReachableFolder.ForAsync(folder));
        var passwordFile = Path.Combine(folder, "password");
        using var held = await FileLock.AcquireAsync(Path.Combine(folder, "lock"));
        if (!File.Exists(passwordFile) || !Directory.Exists(data))
        {
            if (Directory.Exists(data))
                Directory.Delete(data, recursive: true);
            var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
            await InitialiseAsync(binaries, data, password);
            SecretFile.Write(passwordFile, password);
        }

        return (data, await File.ReadAllTextAsync(passwordFile));
    }

    private static async Task InitialiseAsync(PostgresBinaries binaries, string data, string password)
    {
        await CreateFolderAsync(data);
        var handOver = data + ".password";
        SecretFile.Write(handOver, password);
        if (Privileges.IsRoot)
            await Privileges.GiveToNobodyAsync(handOver);
        var (done, output) = await ChildProcess.RunAsync(new ChildStart(
            binaries.InitDb, "--pgdata", data, "--username=postgres", $"--pwfile={handOver}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
        {
            AsNobody = Privileges.IsRoot,
            WorkingDirectory = Path.GetDirectoryName(data),
        });
        File.Delete(handOver);
        if (!done)
            throw new LocalRunException($"initdb failed:{Environment.NewLine}{output}");
    }

    private static async Task CopyAsync(string source, string target)
    {
        await CreateFolderAsync(target);
        var (copied, output) = await ChildProcess.RunAsync(
            OperatingSystem.IsWindows()
                ? new ChildStart("robocopy", source, target, "/E")
                : new ChildStart("cp", "-R", source + "/.", target) { AsNobody = Privileges.IsRoot, WorkingDirectory = "/" });
        // robocopy's exit code 1 means that files were copied.
        if (!copied && !OperatingSystem.IsWindows())
            throw new LocalRunException($"Could not copy {source} to {target}:{Environment.NewLine}{output}");
    }

    private static async Task CreateFolderAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Privileges.IsRoot)
            await Privileges.GiveToNobodyAsync(folder);
    }
}
