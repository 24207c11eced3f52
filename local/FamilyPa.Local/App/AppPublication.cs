using FamilyPa.Local.Processes;

namespace FamilyPa.Local.App;

/// <summary>Publishes the app ready-to-run, as it is deployed. The platform's own host and the benchmarks run it.</summary>
public static class AppPublication
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "app");

    /// <summary>With FAMILYPA_APP_PUBLISHED=true, the folder already contains the package to test.</summary>
    private static readonly Lazy<Task> Published = new(
        () => Environment.GetEnvironmentVariable("FAMILYPA_APP_PUBLISHED") == "true" ? Task.CompletedTask : PublishAsync("FamilyPa.Functions", Folder));

    public static string Assembly { get; } = Path.Combine(Folder, "FamilyPa.Functions.dll");

    /// <summary>Publishes the app once per process.</summary>
    public static Task EnsureAsync() => Published.Value;

    /// <summary>Publishes a project of this repository.</summary>
    public static async Task PublishAsync(string project, string folder)
    {
        var (published, output) = await ChildProcess.RunAsync(
            new ChildStart(AppBuild.DotNet, "publish", project, "-c", "Release", "-o", folder, "--nologo", "-v", "q") { WorkingDirectory = Repository.Root });
        if (!published)
            throw new LocalRunException($"{project} cannot be published:{Environment.NewLine}{output}");
    }
}
