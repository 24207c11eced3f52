using System.Text;
using FamilyPa.Core.Families;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using NodaTime;
using OpenAI.Chat;

namespace FamilyPa.Core.Extraction;

/// <summary>Asks the language model which tasks a message holds.</summary>
public sealed class TaskExtractor(ChatClient chat, IOptions<AppSettings> app, IOptions<PipelineSettings> pipeline) : ITaskExtractor
{
    private const int MostOutputTokens = 2000;
    private const int MostFormatTokens = 200;

    /// <summary>No token is shorter than a byte of what is sent; the format's own ones are few.</summary>
    public ModelUsage? Worst(ExtractionRequest request)
    {
        var (instructions, message, schema) = Compose(request);
        return ModelUsage.OfChat(
            app.Value.AzureOpenAIChatDeployment,
            Encoding.UTF8.GetByteCount(instructions) + Encoding.UTF8.GetByteCount(message) + schema.ToMemory().Length + MostFormatTokens,
            MostOutputTokens, pipeline.Value);
    }

    public async Task<(ExtractionResult Result, ModelUsage? Usage)> ExtractAsync(ExtractionRequest request, CancellationToken cancellation)
    {
        var (instructions, message, schema) = Compose(request);
        var completion = await AskAsync(
            [new SystemChatMessage(instructions), new UserChatMessage(message)],
            new ChatCompletionOptions
            {
                ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(ExtractionSchema.Name, schema, jsonSchemaIsStrict: true),
                MaxOutputTokenCount = MostOutputTokens,
                Temperature = 0,
            },
            cancellation);

        var usage = ModelUsage.OfChat(
            app.Value.AzureOpenAIChatDeployment, completion.Usage?.InputTokenCount ?? 0, completion.Usage?.OutputTokenCount ?? 0, pipeline.Value);
        usage.Measure();
        try
        {
            var result = Read(completion, request.Family.TimeZone, request.Questions);
            return (new DueDateCheck(request.Family, request.Now, pipeline.Value.ReviewBelowConfidence).Apply(result, request.Words.Text, request.Questions), usage);
        }
        catch (ModelAnswerException e)
        {
            throw new ModelAnswerException(e.Code, e.Message) { Usage = usage };
        }
    }

    private static (string Instructions, string Message, BinaryData Schema) Compose(ExtractionRequest request)
    {
        var questions = request.Questions;
        return (
            ExtractionPrompt.Instructions(questions.Count),
            ExtractionPrompt.UserMessage(request.Words, request.Sender, request.Family, questions, request.Now),
            ExtractionSchema.For(request.Family.Members, questions.Count));
    }

    private async Task<ChatCompletion> AskAsync(IEnumerable<ChatMessage> messages, ChatCompletionOptions options, CancellationToken cancellation)
    {
        try
        {
            var completion = (await chat.CompleteChatAsync(messages, options, cancellation)).Value;
            // The client reads lazily: an answer without a choice shows only here.
            _ = completion.FinishReason;
            return completion;
        }
        catch (Exception e) when (ModelAnswerException.IsUnreadable(e))
        {
            throw ModelAnswerException.Unreadable("a chat completion");
        }
    }

    private static ExtractionResult Read(ChatCompletion completion, DateTimeZone zone, IReadOnlyList<OpenQuestion> questions)
    {
        if (completion.Refusal is { Length: > 0 })
            throw new ModelAnswerException("ai_refused", "The model refused to answer.");
        if (completion.FinishReason is not ChatFinishReason.Stop)
            throw new ModelAnswerException("ai_answer_incomplete", $"The model stopped early: {completion.FinishReason}.");
        return ExtractionParser.Parse(string.Concat(completion.Content.Select(part => part.Text)), zone, questions);
    }
}
