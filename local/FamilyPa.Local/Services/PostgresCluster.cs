using System.Security.Cryptography;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>
/// A data directory and its password. initdb takes almost a second and a copy 50 ms, so initdb runs once per version and data directories are copies.
/// </summary>
internal sealed record PostgresCluster(string DataFolder, string Password)
{
    public static Task<PostgresCluster> PrepareAsync(string folder, PostgresBinaries binaries) => EnsureAsync(folder, async data =>
    {
        var master = await EnsureAsync(Path.Combine(Repository.StateFolder, $"initialised-{binaries.Version}"), data => InitialiseAsync(binaries, data));
        await CopyAsync(master.DataFolder, data);
        return master.Password;
    });

    public static string DataFolderIn(string folder) => Path.Combine(folder, "data");

    /// <param name="make">Creates the data directory and returns its password.</param>
    private static async Task<PostgresCluster> EnsureAsync(string folder, Func<string, Task<string>> make)
    {
        var data = DataFolderIn(await ReachableFolder.ForAsync(folder));
        var passwordFile = Path.Combine(folder, "password");
        using var held = await FileLock.AcquireAsync(Path.Combine(folder, "lock"));
        if (!File.Exists(passwordFile) || !File.Exists(Path.Combine(data, "PG_VERSION")))
        {
            File.Delete(passwordFile);
            if (Directory.Exists(data))
                Directory.Delete(data, recursive: true);
            SecretFile.Write(passwordFile, await make(data));
        }

        return new PostgresCluster(data, await File.ReadAllTextAsync(passwordFile));
    }

    private static async Task<string> InitialiseAsync(PostgresBinaries binaries, string data)
    {
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
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
        return password;
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
