using System.Text.RegularExpressions;
using FamilyPa.Simulators.Extraction;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Azure OpenAI as the app sees it, without a key: rule-based chat for our task extraction, transcription of our sample voice notes.</summary>
/// <remarks>The control plane is under <c>/simulator</c>, see <see cref="OpenAIControl"/>.</remarks>
public sealed partial class AzureOpenAISimulator : IAsyncDisposable
{
    private readonly AzureOpenAISimulatorOptions options;
    private readonly Recorder<RecordedRequest> requests = new();
    private readonly ScriptedAnswers<ChatRequest> chatScripts = new();
    private readonly ScriptedAnswers<TranscriptionRequest> transcriptionScripts = new();
    private readonly Billing billing = new();
    private readonly DateRecogniser dates;
    private LoopbackServer? server;

    private AzureOpenAISimulator(AzureOpenAISimulatorOptions options)
    {
        this.options = options;
        dates = options.Dates ?? new DateRecogniser(options.NodeModules, options.Node);
    }

    /// <summary>The value of <c>AZURE_OPENAI_ENDPOINT</c>.</summary>
    public string BaseUrl => server!.BaseUrl;

    public FaultPlan Faults { get; } = new();

    /// <summary>Every request, refused ones included, the newest 20 000. The key is not kept.</summary>
    public IReadOnlyList<RecordedRequest> Requests => requests.Snapshot();

    /// <summary>How many requests came, refused and faulty ones included.</summary>
    public long Calls => requests.Total;

    /// <summary>The Node.js helper that reads dates; null until a chat has needed it.</summary>
    public int? HelperProcessId => dates.ProcessId;

    /// <summary>The billed calls.</summary>
    public Billed Billed => billing.Now;

    public static async Task<AzureOpenAISimulator> StartAsync(AzureOpenAISimulatorOptions? options = null)
    {
        var simulator = new AzureOpenAISimulator(options ?? new AzureOpenAISimulatorOptions());
        await simulator.StartAsync();
        return simulator;
    }

    /// <summary>Starts <see cref="HelperProcessId"/> now, so that the first chat is answered as fast as the others.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) =>
        dates.FindAsync("en", "en-US", DateTime.UtcNow, ["tomorrow"], cancellation);

    /// <summary>Answers every fitting chat request with this content, until the result is disposed.</summary>
    public IDisposable Respond(Func<ChatRequest, bool> fits, string content) => chatScripts.Add(fits, _ => content);

    /// <inheritdoc cref="Respond(Func{ChatRequest, bool}, string)"/>
    public IDisposable Respond(Func<ChatRequest, bool> fits, Func<ChatRequest, string> content) => chatScripts.Add(fits, content);

    /// <summary>Transcribes every fitting file as this text, until the result is disposed.</summary>
    public IDisposable RespondTranscription(Func<TranscriptionRequest, bool> fits, string text) => transcriptionScripts.Add(fits, _ => text);

    public Task<RecordedRequest> WaitForRequestAsync(Func<RecordedRequest, bool> predicate, TimeSpan timeout) =>
        requests.WaitForAsync(predicate, timeout, "such request to Azure OpenAI");

    /// <summary>Waits until the work is done, even if its response is lost.</summary>
    public Task<Billed> WaitForBillAsync(Func<Billed, bool> predicate, TimeSpan timeout) => billing.WaitForAsync(predicate, timeout);

    /// <summary>Forgets requests, bills, faults and scripted answers.</summary>
    public void Reset()
    {
        Faults.Clear();
        requests.Clear();
        chatScripts.Clear();
        transcriptionScripts.Clear();
        billing.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        if (server is not null) await server.DisposeAsync();
        if (options.Dates is null) dates.Dispose();
    }

    private async Task StartAsync()
    {
        var pipeline = new OperationPipeline(
            requests, Faults, context => AzureErrors.RefuseKey(context, options), AzureErrors.Status);
        var chat = new ChatApi(options, new TaskExtractor(dates), chatScripts, billing);
        var transcription = new TranscriptionApi(options, transcriptionScripts, billing);
        server = await LoopbackServer.StartAsync(app =>
        {
            pipeline.Map(app, "POST", "/openai/deployments/{deployment}/chat/completions", "chat", call => Refuse(call, options.ChatDeployments, "chatCompletion") is { } refusal
                ? Task.FromResult(refusal)
                : chat.CompleteAsync(call));
            pipeline.Map(app, "POST", "/openai/deployments/{deployment}/audio/transcriptions", "transcription", call =>
                Refuse(call, options.TranscriptionDeployments, "audio") ?? transcription.Transcribe(call));
            // The newer route knows no gpt-transcribe, and nothing else of it is simulated.
            pipeline.Map(app, "POST", "/openai/v1/audio/transcriptions", "transcription", _ => AzureErrors.NoDeployment());
            pipeline.Map(app, "POST", "/openai/{**path}", "unknown", _ => AzureErrors.NoResource());
            OpenAIControl.Map(app, this);
        });
    }

    /// <summary>Errors that the service returns before the model reads the request.</summary>
    private Answer? Refuse(Call call, IReadOnlyDictionary<string, string> able, string operation)
    {
        if (!ApiVersion().IsMatch(call.Http.Request.Query["api-version"].ToString())) return AzureErrors.NoResource();
        var deployment = call.Route("deployment");
        if (options.RetiredDeployments.Contains(deployment)) return AzureErrors.Retired(deployment);
        if (able.ContainsKey(deployment)) return null;
        return options.ChatDeployments.Concat(options.TranscriptionDeployments).FirstOrDefault(other => other.Key == deployment).Value is { } model
            ? AzureErrors.NotSupported(operation, model)
            : AzureErrors.NoDeployment();
    }

    [GeneratedRegex(@"^20\d\d-\d\d-\d\d(-preview)?$")]
    private static partial Regex ApiVersion();
}
