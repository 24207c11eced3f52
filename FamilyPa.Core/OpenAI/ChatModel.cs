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
        if (HasChoice(first.Completion) && !IsCutOff(first.Completion))
            return first;
        try
        {
            if (await AskOnceAsync(messages, format, maxInputTokens, maxOutputTokens * LargerBudget, reserve, cancellation) is not { } second)
                return null;
            var usage = second.Usage.Plus(first.Usage);
            if (!HasChoice(second.Completion))
                throw new ModelAnswerException("ai_no_choice", "The answer holds no choice.") { Usage = usage, IsFinal = true };
            return IsCutOff(second.Completion) && !HasText(second.Completion) ? throw Exhausted(usage, isFinal: true) : (second.Completion, usage);
        }
        catch (ClientResultException e)
        {
            // The first call was charged even if the second one fails. A 400 says that the model has no larger budget.
            throw Exhausted(first.Usage, isFinal: e.Status == 400);
        }
        catch (ModelAnswerException e) when (e.Usage is null)
        {
            throw Exhausted(first.Usage, isFinal: true);
        }
    }

    private static ModelAnswerException Exhausted(ModelUsage usage, bool isFinal) =>
        new("ai_reasoning_exhausted", $"The model reasoned and did not answer; it used {usage.OutputTokens} tokens of output.") { Usage = usage, IsFinal = isFinal };

    /// <summary>As <see cref="AskAsync"/>, with one call: the answer may be cut off, or hold no choice.</summary>
    public async Task<(ChatCompletion Completion, ModelUsage Usage)?> AskOnceAsync(
        IReadOnlyList<ChatMessage> messages, ChatResponseFormat format, int maxInputTokens, int maxOutputTokens, Func<ModelUsage, Task<bool>> reserve,
        CancellationToken cancellation)
    {
        var deployment = app.Value.AzureOpenAIChatDeployment;
        if (!await reserve(ModelUsage.OfChat(deployment, maxInputTokens, maxOutputTokens, pipeline.Value)))
            return null;
        try
        {
            var completion = (await chat.CompleteChatAsync(messages, Options(format, maxOutputTokens), cancellation)).Value;
            var usage = ModelUsage.OfChat(deployment, completion.Usage?.InputTokenCount ?? 0, completion.Usage?.OutputTokenCount ?? 0, pipeline.Value);
            usage.Measure();
            return (completion, usage);
        }
        catch (ClientResultException e) when (Rejection(ServiceError.Of(e).Meaning) is var (code, detail, reason))
        {
            throw new ModelAnswerException(code, detail) { RejectionReason = reason };
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

    /// <returns>What is the matter with the message, and the job's reason; null for any other error.</returns>
    private static (string Code, string Detail, string Reason)? Rejection(ErrorMeaning meaning) => meaning switch
    {
        ErrorMeaning.Filtered => ("ai_content_filter", "The service's content filter stopped the request.", "model_refused"),
        ErrorMeaning.TooLong => ("ai_message_too_long", "The message is longer than the model can read.", "not_understood"),
        ErrorMeaning.Picture => ("ai_picture_refused", "The service refused a picture.", "unsupported_image"),
        _ => null,
    };

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

    /// <summary>The client reads lazily, and throws where there is none.</summary>
    private static bool HasChoice(ChatCompletion completion)
    {
        try
        {
            _ = completion.FinishReason;
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private static bool IsCutOff(ChatCompletion completion) => completion.FinishReason is ChatFinishReason.Length && completion.Refusal is not { Length: > 0 };

    private static bool HasText(ChatCompletion completion) => completion.Content.Any(part => part.Text is { Length: > 0 });
}
