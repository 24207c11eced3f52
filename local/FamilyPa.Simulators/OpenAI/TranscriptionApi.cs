using System.Globalization;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Extraction;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary><c>audio/transcriptions</c>: reads what was said from the file's <c>TRANSCRIPT</c> comment, since nothing here can listen.</summary>
internal sealed class TranscriptionApi(AzureOpenAISimulatorOptions options, ScriptedAnswers<TranscriptionRequest> scripts, Billing billing)
{
    private const int MaxBytes = 25 * 1024 * 1024;
    private const double ShortestSeconds = 0.1;
    private const int TokensPerSecond = 10;

    // The answer of gpt-4o-transcribe to silence without a prompt.
    private const string Phantom = "Thank you for watching!";

    public Answer Transcribe(Call call)
    {
        var deployment = call.Route("deployment");
        var model = TranscriptionModel.Of(options.TranscriptionDeployments[deployment]);
        if (model.IsTooOld(call.Http.Request.Query["api-version"].ToString())) return AzureErrors.NoResource();
        if (call.Request.File is not { } audio) return AzureErrors.Request("'file' is a required property.", "file");
        if (audio.Length > MaxBytes) return AzureErrors.Request($"Maximum content size limit ({MaxBytes}) exceeded ({audio.Length} bytes read)", status: 413);
        var (request, refusal) = model.Read(deployment, call.Http.Request.Form, audio);
        if (request is null) return refusal!;
        return Answer(request, model);
    }

    private Answer Answer(TranscriptionRequest request, TranscriptionModel model)
    {
        var file = OggOpusFile.Read(request.Audio);
        var text = scripts.For(request) ?? file?.Comments.GetValueOrDefault("TRANSCRIPT");
        if (text is null)
        {
            return file is null
                ? AzureErrors.Request("Audio file might be corrupted or unsupported", "file", "invalid_value")
                : AzureErrors.Request(
                    "No transcriber is configured: this is the keyless simulator, which only reads voice notes that carry a TRANSCRIPT comment. "
                    + "Set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY to transcribe real recordings.",
                    "file", "transcriber_not_configured");
        }

        var seconds = file is null ? 1
            : file.Comments.TryGetValue("SECONDS", out var told) ? double.Parse(told, CultureInfo.InvariantCulture)
            : file.Duration.TotalSeconds;
        if (seconds < ShortestSeconds) return AzureErrors.Request("Audio file is too short. Minimum audio length is 0.1 seconds.", code: "invalid_value");
        if (seconds > model.LongestSeconds)
        {
            return AzureErrors.Request(
                string.Create(CultureInfo.InvariantCulture, $"audio duration {seconds} seconds is longer than {model.LongestSeconds} seconds which is the maximum for this model"),
                code: "invalid_value");
        }

        text = text.Trim();
        if (text.Length == 0 && model.Hallucinates) text = request.Prompt ?? Phantom;
        var usage = Bill(request, model, seconds, text);
        if (request.Format == "text") return AzureErrors.WithIds(Hosting.Answer.Text(200, text + "\n"));
        if (!model.TellsLanguage) return AzureErrors.WithIds(Hosting.Answer.Json(200, new { text, usage }));
        var language = file?.Comments.GetValueOrDefault("LANGUAGE") ?? Lexicon.Detect(text).Language;
        // None where it is unsure, which an empty LANGUAGE comment stands for.
        var languages = text.Length == 0 || language.Length == 0 ? [] : new[] { new { code = language } };
        return AzureErrors.WithIds(Hosting.Answer.Json(200, new { text, languages, usage }));
    }

    private object Bill(TranscriptionRequest request, TranscriptionModel model, double seconds, string text)
    {
        if (model.IsChargedByLength)
        {
            billing.Transcription(seconds);
            return new { type = "duration", seconds };
        }

        var (audio, prompt, transcript) = ((int)Math.Ceiling(seconds * TokensPerSecond), Tokens.Count(request.Prompt ?? ""), Tokens.Count(text));
        billing.Transcription(audio, prompt, transcript);
        return new
        {
            type = "tokens",
            inputTokens = audio + prompt,
            inputTokenDetails = new { audioTokens = audio, textTokens = prompt },
            outputTokens = transcript,
            totalTokens = audio + prompt + transcript,
        };
    }
}
