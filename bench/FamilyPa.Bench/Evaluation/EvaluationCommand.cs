using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace FamilyPa.Bench.Evaluation;

/// <summary>How well the configured language model understands labelled messages.</summary>
internal static class EvaluationCommand
{
    private static readonly JsonSerializerOptions Readable =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Command()
    {
        var json = new Option<FileInfo?>("--json") { HelpName = "FILE", Description = "Also write the figures and every answer to this file." };
        var only = new Option<string?>("--only") { HelpName = "ID", Description = "Only the messages whose id begins so: de, en-school." };
        var command = new Command(
            "eval",
            "Sends labelled messages to the model that AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_CHAT_DEPLOYMENT and AZURE_OPENAI_API_KEY (absent: your Azure sign-in) name, "
            + "through the app's own extractor, and costs money there. Without an endpoint the simulator answers, which proves only the plumbing. " + TaskMatcher.Rule)
        {
            json, only,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(json), parsed.GetValue(only) ?? "", cancellation));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo? json, string only, CancellationToken cancellation)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var simulator = configuration["AZURE_OPENAI_ENDPOINT"] is { Length: > 0 } ? null : await StartSimulatorAsync();
        await using var model = simulator is null
            ? new EvaluatedModel(configuration)
            : EvaluatedModel.Of(simulator, new AzureOpenAISimulatorOptions().ChatDeployments.Keys.First());
        var set = EvaluationSet.Read();
        var cases = set.Cases.Where(one => one.Id.StartsWith(only, StringComparison.Ordinal)).ToList();
        var results = await new EvaluationRun(set, model).RunAsync(
            cases, done => Console.Write(done % 25 == 0 || done == cases.Count ? $"{done} of {cases.Count}{Environment.NewLine}" : ""), cancellation);
        // Another program's simulator is one as well, and Azure is never on this machine.
        var report = new EvaluationReport(results, model, model.Endpoint.IsLoopback);
        report.Write(AnsiConsole.Console);
        if (json is not null)
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(report.ToJson(), Readable), cancellation);
        return results.Any(result => result.Error is null) ? 0 : 1;
    }

    private static async Task<AzureOpenAISimulator> StartSimulatorAsync()
    {
        await NodePackages.EnsureAsync(Console.WriteLine);
        return await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { NodeModules = NodePackages.Folder });
    }
}
