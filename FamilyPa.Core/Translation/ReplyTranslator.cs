using System.ClientModel;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Limits;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI.Chat;
using Polly.Timeout;

namespace FamilyPa.Core.Translation;

/// <summary>Puts a reply in a language that we have no phrases for, by one call to the chat model. Whatever goes wrong, the reply stays in the family's language.</summary>
public sealed class ReplyTranslator(
    Database database, ChatModel model, BudgetReservations budgets, IOptions<PipelineSettings> pipeline, ILogger<ReplyTranslator> log)
{
    private const int MaxOutputTokens = 1500;
    private const int MaxFormatTokens = 200;

    private const string Instructions =
        """
        You translate what a family's assistant says to a member in a chat. The user message is a JSON object: "sentences" are the lines, "language" is the
        BCP 47 tag of the language to write.
        - Give one line for each of the sentences, in their order: short, friendly and natural in that language.
        - {0}, {1} and so on stand for titles, names, dates and words to type. Each of a sentence's is in its line exactly once, where the language wants it.
        - Numbers stay, in the digits 0 to 9. Add no other number, no link and no line break.
        """;

    private static readonly BinaryData Schema = BinaryData.FromString(
        """
        {"type":"object","additionalProperties":false,"required":["lines"],"properties":{"lines":{"type":"array","items":{"type":"string"}}}}
        """);

    private static readonly ChatResponseFormat Format = ChatResponseFormat.CreateJsonSchemaFormat("reply_lines", Schema, jsonSchemaIsStrict: true);
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="reply">With its facts marked, if a model wrote down the sender's language.</param>
    /// <returns>The reply to send.</returns>
    public async Task<string> TranslateAsync(string reply, ExtractionResult? extraction, LeasedJob job, CancellationToken cancellation)
    {
        if (OtherLanguage.Of(extraction?.Language) is not { } language || MaskedReply.Of(reply) is not { Sentences.Count: > 0 } masked)
            return Facts.Unmark(reply);
        // An earlier attempt's translation was paid for.
        var said = extraction!.Sentences is { } sentences ? masked.Fill(sentences) : await AskAsync(masked, language, job, cancellation);
        return said is null ? Facts.Unmark(reply) : Wording.Of(null, job.Family.Locale, job.FromAddress).Plain(said);
    }

    private async Task<string?> AskAsync(MaskedReply masked, OtherLanguage language, LeasedJob job, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(pipeline.Value.TranslationTimeout);
        // Set for this call only: the value does not flow back to the caller.
        OutboundRetryPolicy.IsProbe = true;
        var sentences = masked.Sentences;
        var message = JsonSerializer.Serialize(new { language = language.Tag, sentences }, Readable);
        var maxInputTokens = Encoding.UTF8.GetByteCount(Instructions) + Encoding.UTF8.GetByteCount(message) + Schema.ToMemory().Length + MaxFormatTokens;
        ChatCompletion completion;
        ModelUsage usage;
        try
        {
            if (await model.AskOnceAsync(
                    [new SystemChatMessage(Instructions), new UserChatMessage(message)], Format, maxInputTokens, MaxOutputTokens,
                    worst => budgets.ReserveForReplyAsync(job, worst, cancellation), limit.Token) is not var (answer, cost))
                return null;
            (completion, usage) = (answer, cost);
        }
        catch (Exception e) when (IsFailure(e) && !cancellation.IsCancellationRequested)
        {
            log.ReplyNotTranslated(job.MessageSid, job.AttemptId, ErrorCode.Of(e));
            // Otherwise the reservation is charged when the attempt ends.
            if (FailureClassifier.Classify(e).IsUncharged)
            {
                await using var release = BudgetReservations.AddRelease(database.Fenced(job), job);
                await release.ExecuteAsync(cancellation);
            }

            return null;
        }

        log.ModelAnswered(job, usage);
        var translations = Read(completion, sentences);
        var said = translations is null ? null : masked.Fill(translations);
        await using var batch = BudgetReservations.AddUsage(database.Fenced(job), job, usage);
        if (said is null)
            log.ReplyNotTranslated(job.MessageSid, job.AttemptId, "ai_answer_unfaithful");
        else
            batch.Add("update processing_jobs set extraction = extraction || jsonb_build_object('sentences', $2::jsonb) where id = $1", job.JobId, JsonSerializer.Serialize(translations));
        await batch.ExecuteAsync(cancellation);
        return said;
    }

    /// <summary>Whether the service, the network or the time limit is to blame. A failure of the database is the phase's.</summary>
    private static bool IsFailure(Exception error) =>
        error is ClientResultException or ModelAnswerException or HttpRequestException or IOException or TimeoutException or TimeoutRejectedException or OperationCanceledException;

    /// <returns>Each sentence with its translation; null when the answer is not one line for each.</returns>
    private static Dictionary<string, string>? Read(ChatCompletion completion, IReadOnlyList<string> sentences)
    {
        try
        {
            using var answer = JsonDocument.Parse(string.Concat(completion.Content.Select(part => part.Text)));
            List<string> lines = [.. answer.RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetString() ?? "")];
            return lines.Count == sentences.Count ? sentences.Zip(lines).ToDictionary(pair => pair.First, pair => pair.Second) : null;
        }
        catch (Exception e) when (ModelAnswerException.IsUnreadable(e))
        {
            return null;
        }
    }
}
