using System.Runtime.InteropServices;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>The Bicep CLI of <c>tools/bicep</c>, or the one that <c>BICEP</c> names.</summary>
internal static class Bicep
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task<string>> Cli = new(async () => Environment.GetEnvironmentVariable("BICEP") ?? await FetchAsync());

    /// <summary>Skips the test on a machine for which <c>tools/bicep</c> has no compiler.</summary>
    public static void Require() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("BICEP") is not null || (OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64),
        "tools/bicep has the Bicep CLI for Linux on x64; set BICEP to the path of another one.");

    /// <summary>Runs the CLI in the repository's folder.</summary>
    public static async Task RunAsync(IReadOnlyDictionary<string, string?>? environment, params string[] arguments) =>
        await RunAsync(await Cli.Value, environment, arguments);

    private static async Task<string> FetchAsync()
    {
        // The package folder is known only after the restore.
        await RunAsync(AppBuild.DotNet, null, "restore", "tools/bicep/Bicep.csproj", "--verbosity", "quiet");
        return (await RunAsync(AppBuild.DotNet, null, "msbuild", "tools/bicep/Bicep.csproj", "-getProperty:BicepPath")).Trim();
    }

    private static async Task<string> RunAsync(string file, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit);
        var (succeeded, said) = await ChildProcess.RunAsync(
            new ChildStart(file, arguments) { WorkingDirectory = Repository.Root, Environment = environment ?? new Dictionary<string, string?>() }, limit.Token);
        Assert.True(succeeded, $"{file} {string.Join(' ', arguments)}: {said}");
        return said;
    }
}
