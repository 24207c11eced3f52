using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using Azure.AI.OpenAI;
using FamilyPa.Core.Extraction;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using OpenAI.Audio;
using OpenAI.Chat;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>One simulated Azure OpenAI for all questions about what it understands; asked through the real client.</summary>
public sealed class KeylessModel : IAsyncLifetime
{
    public static readonly string[] Family = ["Ann", "Ben", "Zoë Smith"];
    private const string Now = "2026-11-22T20:10:00";

    public AzureOpenAISimulator Simulator { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await NodePackages.EnsureAsync(TestContext.Current.SendDiagnosticMessage, forTests: true);
        Simulator = await AzureOpenAISimulator.StartAsync(new AzureOpenAISimulatorOptions { NodeModules = NodePackages.Folder });
    }

    /// <summary>What Ann's message means on Sunday, 22 November 2026, 20:10.</summary>
    public async Task<Understood> AskAsync(string message, string locale = "en-GB", string now = Now)
    {
        var input = JsonSerializer.Serialize(new { now, time_zone = "Europe/London", locale, sender = "Ann", members = Family, message });
        return Understood.Read(await AnswerAsync(input));
    }

    /// <summary>The answer's JSON to the app's.</summary>
    public async Task<string> AnswerAsync(string input)
    {
        var completion = await ChatOf(Simulator).CompleteChatAsync([new SystemChatMessage("Find the tasks."), new UserChatMessage(input)]);
        return completion.Value.Content[0].Text;
    }

    public static ChatClient ChatOf(AzureOpenAISimulator simulator, string deployment = "chat", string? key = null, int retries = 0) =>
        ClientOf(simulator, key, retries).GetChatClient(deployment);

    public static AudioClient AudioOf(AzureOpenAISimulator simulator, string deployment = "transcription") =>
        ClientOf(simulator, null, 0).GetAudioClient(deployment);

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();

    private static AzureOpenAIClient ClientOf(AzureOpenAISimulator simulator, string? key, int retries) => new(
        new Uri(simulator.BaseUrl), new ApiKeyCredential(key ?? new AzureOpenAISimulatorOptions().ApiKey),
        new AzureOpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(retries), NetworkTimeout = TimeSpan.FromSeconds(20) });
}

/// <summary>An answer in the shape that the tests compare.</summary>
/// <param name="Tasks">Each as <c>title | due | assignees | category</c>, a dash for null.</param>
public sealed record Understood(IReadOnlyList<string> Tasks, IReadOnlyList<double> Confidences, string? Question, string Language)
{
    public static Understood Read(string content)
    {
        using var document = JsonDocument.Parse(content);
        var tasks = document.RootElement.GetProperty("tasks").EnumerateArray().ToList();
        Assert.All(tasks, task => Assert.Contains(task.GetProperty("category").GetString(), ExtractionSchema.Categories));
        return new Understood(
            [.. tasks.Select(task => string.Join(" | ", Text(task, "title"), Text(task, "due_at") ?? "-", Names(task), Text(task, "category")))],
            [.. tasks.Select(task => task.GetProperty("confidence").GetDouble())],
            Text(document.RootElement, "clarifying_question"), Text(document.RootElement, "language")!);
    }

    /// <summary>One task a line.</summary>
    public string Board => string.Join(" // ", Tasks);

    private static string Names(JsonElement task) =>
        task.GetProperty("assignees").EnumerateArray().Select(name => name.GetString()).ToList() is { Count: > 0 } names ? string.Join(", ", names) : "-";

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()?.ToString(CultureInfo.InvariantCulture);
}
