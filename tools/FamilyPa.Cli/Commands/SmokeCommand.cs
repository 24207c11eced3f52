using System.CommandLine;
using FamilyPa.Cli.Output;
using FamilyPa.Cli.Smoke;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa smoke</c>: asks each deployed model what the app asks it, and checks the answers.</summary>
internal static class SmokeCommand
{
    public static Command Create()
    {
        var command = new Command(
            "smoke",
            "Ask each deployed model one text, one recording and one picture, as the app does, and check the answers. "
            + "Reads the app's settings from the environment (AZURE_OPENAI_…, Pipeline__…); without AZURE_OPENAI_API_KEY it asks as whoever is signed in.");
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var models = SmokeModels.FromEnvironment();
            var results = new List<SmokeResult>();
            foreach (var check in models.Checks)
                results.Add(await check.RunAsync(cancellation));
            if (parsed.GetValue(GlobalOptions.Json))
                Screen.Json(results);
            else
                Show(results);
            foreach (var failed in results.Where(result => result.Cause is not null))
                Screen.Error($"{failed.Check} failed: deployment {failed.Deployment}, {failed.Cause}");
            return results.Exists(result => result.Cause is not null) ? ExitCode.Failed : ExitCode.Ok;
        });
        return command;
    }

    private static void Show(IReadOnlyList<SmokeResult> results)
    {
        var table = Screen.Table("Check", "Deployment", "Latency", "Cost", "Result");
        foreach (var result in results)
            table.Row(result.Check, result.Deployment, $"{result.LatencyMs} ms", $"${Screen.Show(decimal.Round(result.CostUsd, 6))}", result.Cause is null ? "ok" : "FAILED");
        Screen.Out.Write(table);
    }
}
