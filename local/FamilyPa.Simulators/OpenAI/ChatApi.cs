using System.Globalization;
using FamilyPa.Simulators.Extraction;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary><c>chat/completions</c>: scripted answers first, then the rule-based extraction, or the translation of a reply.</summary>
internal sealed class ChatApi(
    AzureOpenAISimulatorOptions options, TaskExtractor extractor, ScriptedAnswers<ChatRequest> scripts, Billing billing)
{
    private const string Declined = "I'm sorry, I can't help with that.";

    public async Task<Answer> CompleteAsync(Call call)
    {
        var deployment = call.Route("deployment");
        var apiVersion = call.Http.Request.Query["api-version"].ToString();
        var (request, refusal) = ChatRequest.Read(deployment, call.Request.Body, apiVersion);
        if (request is null) return refusal!;
        if (Refusal(call.Fault?.Kind) is { } refused) return refused;
        try
        {
            return Answer(request, options.ChatDeployments[deployment], await ContentAsync(request, call), call.Fault);
        }
        catch (RecogniserException exception)
        {
            return AzureErrors.Gateway(500, "RecogniserUnavailable", exception.Message);
        }
    }

    private static Answer? Refusal(FaultKind? fault) => fault switch
    {
        FaultKind.ContentFilter => AzureErrors.ContentFilter(),
        FaultKind.TooLong => AzureErrors.TooLong(),
        FaultKind.BadPicture => AzureErrors.BadPicture(),
        _ => null,
    };

    private async Task<string> ContentAsync(ChatRequest request, Call call) => call.Fault switch
    {
        { Kind: FaultKind.SchemaBreaking } fault => BrokenAnswers.Of(fault.SchemaBreak),
        _ => scripts.For(request) ?? ReplyTranslation.Answer(request) ?? await extractor.AnswerAsync(request.UserMessage, request.PictureTexts, call.Http.RequestAborted),
    };

    private Answer Answer(ChatRequest request, string model, string content, Fault? fault)
    {
        var budget = request.MaxTokens ?? int.MaxValue;
        // By default the models reason before they answer, within the budget.
        var reasoning = fault?.Kind == FaultKind.Reasoning ? request.MaxTokens ?? 0 : Math.Min(request.ReasoningTokens, budget);
        var allowed = fault?.Kind == FaultKind.LengthStop ? Tokens.Count(content) / 2 : budget - reasoning;
        var stopped = Tokens.Count(content) > allowed;
        if (stopped) content = Tokens.Take(content, allowed);
        var refused = fault?.Kind == FaultKind.Refusal;
        var (prompt, completion) = (request.PromptTokens, reasoning + Tokens.Count(refused ? Declined : content));
        billing.Chat(prompt, completion);
        object[] choices = fault?.Kind == FaultKind.EmptyChoices ? [] :
        [
            new
            {
                contentFilterResults = ContentFilters.Passed,
                finishReason = stopped ? "length" : "stop",
                index = 0,
                logprobs = (object?)null,
                message = new { content = refused ? null : content, refusal = refused ? Declined : null, role = "assistant" },
            },
        ];
        var answer = Hosting.Answer.Json(200, new
        {
            choices,
            created = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            id = $"chatcmpl-{Guid.NewGuid():N}",
            model,
            @object = "chat.completion",
            promptFilterResults = new[] { new { promptIndex = 0, contentFilterResults = ContentFilters.PassedPrompt } },
            systemFingerprint = "fp_0000000001",
            usage = new
            {
                completionTokens = completion,
                completionTokensDetails = new { acceptedPredictionTokens = 0, audioTokens = 0, reasoningTokens = reasoning, rejectedPredictionTokens = 0 },
                promptTokens = prompt,
                promptTokensDetails = new { audioTokens = 0, cachedTokens = 0 },
                totalTokens = prompt + completion,
            },
        });
        answer.Headers["x-ratelimit-remaining-requests"] = "999";
        answer.Headers["x-ratelimit-remaining-tokens"] = Math.Max(0, 100_000 - prompt).ToString(CultureInfo.InvariantCulture);
        return AzureErrors.WithIds(answer);
    }
}
