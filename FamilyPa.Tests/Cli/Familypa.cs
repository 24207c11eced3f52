using System.Diagnostics;
using System.Text.Json;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Cli;

/// <summary>Runs the operator's command line as a process without a terminal.</summary>
internal static class Familypa
{
    private static readonly string Assembly =
        Path.Combine(Repository.Root, "artifacts", "bin", "FamilyPa.Cli", AppBuild.Configuration.ToLowerInvariant(), "familypa.dll");

    /// <param name="environment">Overrides the variables that point to the app; null removes one.</param>
    public static async Task<CliResult> FamilypaAsync(this FamilyPaApp app, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(AppBuild.DotNet, [Assembly, .. arguments])
        {
            // From here the command finds no local run of the developer.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in AppSettings.GivenInEnvironment().Append("FAMILYPA_LOCAL_STATE"))
            start.Environment.Remove(name);
        start.Environment["FAMILYPA_URL"] = app.BaseUrl;
        start.Environment["FAMILYPA_KEY"] = FamilyPaApp.FunctionKey;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
        catch
        {
            process.Kill();
            throw;
        }

        var result = new CliResult(process.ExitCode, await output, await error);
        Assert.DoesNotContain(FamilyPaApp.FunctionKey, result.Output + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(FamilyPaApp.AuthToken, result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    public static Task<CliResult> FamilypaAsync(this FamilyPaApp app, params string[] arguments) =>
        app.FamilypaAsync(new Dictionary<string, string?>(), arguments);
}

internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => Output.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(Output) : throw new InvalidOperationException($"Exit code {ExitCode}: {Error}");
}
