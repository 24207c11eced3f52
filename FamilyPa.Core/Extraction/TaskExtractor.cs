using System.Text;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using NodaTime;
using OpenAI.Chat;

namespace FamilyPa.Core.Extraction;

/// <summary>Asks the language model which tasks a message holds.</summary>
public sealed class TaskExtractor(ChatModel model, IOptions<PipelineSettings> pipeline) : ITaskExtractor
{
    private const int MaxOutputTokens = 2000;
    private const int MaxFormatTokens = 200;

    public async Task<(ExtractionResult Result, ModelUsage? Usage)?> ExtractAsync(
        ExtractionRequest request, Func<ModelUsage, Task<bool>> reserve, CancellationToken cancellation)
    {
        var questions = request.Questions;
        var instructions = ExtractionPrompt.Instructions(questions.Count);
        var message = ExtractionPrompt.UserMessage(request.Words, request.Sender, request.Family, questions, request.Now);
        var schema = ExtractionSchema.For(request.Family.Members, questions.Count);
        // A token is at least one byte of the request, except for the few of the message format.
        var maxInputTokens = Encoding.UTF8.GetByteCount(instructions) + Encoding.UTF8.GetByteCount(message) + schema.ToMemory().Length + MaxFormatTokens;

        var asked = await model.AskAsync(
            [new SystemChatMessage(instructions), new UserChatMessage(message)],
            ChatResponseFormat.CreateJsonSchemaFormat(ExtractionSchema.Name, schema, jsonSchemaIsStrict: true),
            maxInputTokens, MaxOutputTokens, reserve, cancellation);
        if (asked is not var (completion, usage))
            return null;
        try
        {
            var result = Read(completion, request.Family.TimeZone, questions);
            return (new DueDateCheck(request.Family, request.Now, pipeline.Value.ReviewBelowConfidence).Apply(result, request.Words.Text, questions), usage);
        }
        catch (ModelAnswerException e)
        {
            throw new ModelAnswerException(e.Code, e.Message) { Usage = usage };
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
