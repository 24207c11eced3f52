using System.Text;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using OpenAI.Chat;

namespace FamilyPa.Core.Extraction;

/// <summary>Asks the language model which tasks a message holds. An answer that cannot be read is asked for once more, with what was wrong.</summary>
public sealed class TaskExtractor(ChatModel model, IOptions<PipelineSettings> pipeline) : ITaskExtractor
{
    private const int MinOutputTokens = 2000;
    private const int OutputTokensPerWord = 30;
    private const int MaxOutputTokens = 12_000;
    private const int MaxFormatTokens = 200;

    /// <summary>1.2 for each of the 2,500 patches to which the scaler and <c>detail: high</c> keep a picture. Without a detail there is no cap.</summary>
    private const int MaxPictureTokens = 3000;

    public async Task<(ExtractionResult Result, ModelUsage? Usage)?> ExtractAsync(
        ExtractionRequest request, Func<ModelUsage, Task<bool>> reserve, CancellationToken cancellation)
    {
        var questions = request.Questions;
        var instructions = ExtractionPrompt.Instructions(request);
        var message = ExtractionPrompt.UserMessage(request);
        var schema = ExtractionSchema.For(request.Family.Members, questions.Count, request.Tasks.Count);
        var format = ChatResponseFormat.CreateJsonSchemaFormat(ExtractionSchema.Name, schema, jsonSchemaIsStrict: true);
        // A token is at least one byte of the request, except for the few of the message format.
        var maxInputTokens = Encoding.UTF8.GetByteCount(instructions) + Encoding.UTF8.GetByteCount(message) + schema.ToMemory().Length + MaxFormatTokens
            + (request.Words.Pictures.Count * MaxPictureTokens);
        // A list that is all nouns becomes a task for each word, and nobody knows how many words a picture has.
        var maxOutputTokens = request.Words.Pictures.Count > 0
            ? MaxOutputTokens
            : Math.Clamp(request.Words.Text.Split((char[]?)null).Length * OutputTokensPerWord, MinOutputTokens, MaxOutputTokens);

        List<ChatMessage> messages = [new SystemChatMessage(instructions), new UserChatMessage([ChatMessageContentPart.CreateTextPart(message), .. request.Words.Pictures.Select(Part)])];
        ModelUsage? spent = null;
        for (var isRepair = false; ; isRepair = true)
        {
            if (await model.AskAsync(messages, format, maxInputTokens, maxOutputTokens, reserve, cancellation) is not var (completion, usage))
                return null;
            spent = usage.Plus(spent);
            try
            {
                var result = Read(completion, request);
                return (new DueDateCheck(request.Family, request.Now, pipeline.Value.ReviewBelowConfidence).Apply(result, request.Words.Text, questions), spent);
            }
            catch (ModelAnswerException e) when (e.RejectionReason is null && !isRepair)
            {
                var repair = $"Your answer to this was of no use: {e.Message} Answer again, whole, as the schema says.";
                messages.Add(new SystemChatMessage(repair));
                maxInputTokens += repair.Length + MaxFormatTokens;
            }
            catch (ModelAnswerException e)
            {
                throw new ModelAnswerException(e.Code, e.Message) { Usage = spent, RejectionReason = e.RejectionReason ?? "not_understood" };
            }
        }
    }

    private static ChatMessageContentPart Part(BinaryData picture) => ChatMessageContentPart.CreateImagePart(picture, "image/jpeg", ChatImageDetailLevel.High);

    private static ExtractionResult Read(ChatCompletion completion, ExtractionRequest request)
    {
        if (completion.Refusal is { Length: > 0 } || completion.FinishReason is ChatFinishReason.ContentFilter)
            throw new ModelAnswerException("ai_refused", "The model refused to answer.") { RejectionReason = "model_refused" };
        if (completion.FinishReason is not ChatFinishReason.Stop)
            throw new ModelAnswerException("ai_answer_incomplete", $"The model stopped early: {completion.FinishReason}.") { RejectionReason = "not_understood" };
        return ExtractionParser.Parse(string.Concat(completion.Content.Select(part => part.Text)), request.Family.TimeZone, request.Questions, request.Tasks, request.Words, request.Lists);
    }
}
