using System.Runtime.InteropServices;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;

namespace FamilyPa.Bench;

/// <summary>The app as it is deployed, compiled ahead of time, but with the stand-ins of the local run.</summary>
internal static class PublishedApp
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>Publishes it when first asked.</summary>
    /// <returns>The path of its assembly.</returns>
    public static Task<string> AssemblyAsync() => Published.Value;

    private static async Task<string> PublishAsync()
    {
        var platform = RuntimeInformation.RuntimeIdentifier;
        var (published, output) = await ChildProcess.RunAsync(
            new ChildStart(
                AppBuild.DotNet, "publish", "FamilyPa.Functions", "-c", "Release", "-r", platform, "--self-contained", "false",
                "-p:OfficialPackages=false", "--nologo", "-v", "q")
            {
                WorkingDirectory = Repository.Root,
            });
        return published
            ? Path.Combine(Repository.Root, "artifacts", "local", "publish", "FamilyPa.Functions", $"release_{platform}", "FamilyPa.Functions.dll")
            : throw new LocalRunException($"The app cannot be published:{Environment.NewLine}{output}");
    }
}
