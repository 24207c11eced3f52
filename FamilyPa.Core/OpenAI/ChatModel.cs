using System.ClientModel;
using Azure.AI.OpenAI.Chat;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI.Chat;

namespace FamilyPa.Core.OpenAI;

/// <summary>The chat deployment, asked as its models want to be: without reasoning, and with a bound on what is answered.</summary>
public sealed class ChatModel(ChatClient chat, IOptions<AppSettings> app, IOptions<PipelineSettings> pipeline, ILogger<ChatModel> log)
{
    /// <summary>How much larger the second budget is, where an answer is longer than expected or a model reasons though it was told not to.</summary>
    private const int LargerBudget = 4;

    /// <param name="maxInputTokens">The maximum of the messages and the format together.</param>
    /// <param name="maxOutputTokens">The maximum of the answer.</param>
    /// <param name="reserve">Reserves the maximum cost of each call before it; returns false when the budget does not allow it.</param>
    /// <returns>The answer, also when it is a refusal or cut off, and the cost of all calls; null when a cost was not reserved.</returns>
    /// <exception cref="ModelAnswerException">The answer is unusable.</exception>
    /// <exception cref="ClientResultException">The service rejected the request or could not be reached, also after retries.</exception>
    public async Task<(ChatCompletion Completion, ModelUsage Usage)?> AskAsync(
        IReadOnlyList<ChatMessage> messages, ChatResponseFormat format, int maxInputTokens, int maxOutputTokens, Func<ModelUsage, Task<bool>> reserve,
        CancellationToken cancellation)
    {
        if (await AskOnceAsync(messages, format, maxInputTokens, maxOutputTokens, reserve, cancellation) is not { } first)
            return null;
        if (!IsCutOff(first.Completion))
            return first;
        try
        {
            if (await AskOnceAsync(messages, format, maxInputTokens, maxOutputTokens * LargerBudget, reserve, cancellation) is not { } second)
                return null;
            var usage = second.Usage.Plus(first.Usage);
            return IsCutOff(second.Completion) && !HasText(second.Completion) ? throw Exhausted(usage) : (second.Completion, usage);
        }
        catch (ClientResultException)
        {
            // The first call was charged even if the second one fails.
            throw Exhausted(first.Usage);
        }
    }

    private static ModelAnswerException Exhausted(ModelUsage usage) =>
        new("ai_reasoning_exhausted", $"The model reasoned and did not answer; it used {usage.OutputTokens} tokens of output.") { Usage = usage };

    private async Task<(ChatCompletion Completion, ModelUsage Usage)?> AskOnceAsync(
        IReadOnlyList<ChatMessage> messages, ChatResponseFormat format, int maxInputTokens, int maxOutputTokens, Func<ModelUsage, Task<bool>> reserve,
        CancellationToken cancellation)
    {
        var deployment = app.Value.AzureOpenAIChatDeployment;
        if (!await reserve(ModelUsage.OfChat(deployment, maxInputTokens, maxOutputTokens, pipeline.Value)))
            return null;
        try
        {
            var completion = (await chat.CompleteChatAsync(messages, Options(format, maxOutputTokens), cancellation)).Value;
            // The client reads lazily: an answer without a choice shows only here.
            _ = completion.FinishReason;
            var usage = ModelUsage.OfChat(deployment, completion.Usage?.InputTokenCount ?? 0, completion.Usage?.OutputTokenCount ?? 0, pipeline.Value);
            usage.Measure();
            return (completion, usage);
        }
        catch (ClientResultException e) when (ServiceError.Of(e).Meaning == ErrorMeaning.Filtered)
        {
            throw new ModelAnswerException("ai_content_filter", "The service's content filter stopped the request.") { RejectionReason = "model_refused" };
        }
        catch (ClientResultException e)
        {
            ServiceError.Report(log, e, deployment);
            throw;
        }
        catch (Exception e) when (ModelAnswerException.IsUnreadable(e))
        {
            throw ModelAnswerException.Unreadable("a chat completion");
        }
    }

    private static ChatCompletionOptions Options(ChatResponseFormat format, int maxOutputTokens)
    {
        var options = new ChatCompletionOptions
        {
            ResponseFormat = format,
            MaxOutputTokenCount = maxOutputTokens,
            // Unsaid it is medium, which is billed as output and can use up all of it.
            ReasoningEffortLevel = ChatReasoningEffortLevel.None,
        };
        options.SetNewMaxCompletionTokensPropertyEnabled(true);
        return options;
    }

    private static bool IsCutOff(ChatCompletion completion) => completion.FinishReason is ChatFinishReason.Length && completion.Refusal is not { Length: > 0 };

    private static bool HasText(ChatCompletion completion) => completion.Content.Any(part => part.Text is { Length: > 0 });
}
