using System.Globalization;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary><c>audio/transcriptions</c>: reads what was said from the file's <c>TRANSCRIPT</c> comment, since nothing here can listen.</summary>
internal sealed class TranscriptionApi(AzureOpenAISimulatorOptions options, ScriptedAnswers<TranscriptionRequest> scripts, Billing billing)
{
    private const int MaxBytes = 25 * 1024 * 1024;
    private static readonly string[] Extensions = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"];

    public async Task<Answer> TranscribeAsync(Call call)
    {
        var deployment = call.Route("deployment");
        if (call.Http.Request.Query["api-version"].ToString().Length == 0) return AzureErrors.NoResource();
        if (!options.TranscriptionDeployments.ContainsKey(deployment))
        {
            return options.ChatDeployments.TryGetValue(deployment, out var other)
                ? AzureErrors.NotSupported("audio", other)
                : AzureErrors.NoDeployment();
        }

        if (call.Request.File is not { } audio) return AzureErrors.Request("'file' is a required property.", "file");
        var fields = call.Request.Fields;
        var request = new TranscriptionRequest(
            deployment, call.Http.Request.Form.Files[0].FileName, audio, fields.GetValueOrDefault("language"),
            fields.GetValueOrDefault("response_format", "json"));
        if (!Extensions.Contains(Path.GetExtension(request.FileName).TrimStart('.').ToLowerInvariant()))
            return AzureErrors.Request($"Invalid file format. Supported formats: ['{string.Join("', '", Extensions)}']");
        if (audio.Length > MaxBytes) return AzureErrors.Request($"Maximum content size limit ({MaxBytes}) exceeded ({audio.Length} bytes read)", status: 413);
        if (!TranscriptFormats.Knows(request.Format)) return AzureErrors.Request($"'{request.Format}' is not a response format.", "response_format");
        await Task.Delay(options.Latency, options.Clock, call.Http.RequestAborted);
        return Answer(request);
    }

    private Answer Answer(TranscriptionRequest request)
    {
        var file = OggOpusFile.Read(request.Audio);
        var text = scripts.For(request) ?? file?.Comments.GetValueOrDefault("TRANSCRIPT");
        if (text is null)
        {
            return file is null && request.Audio.AsSpan().StartsWith("OggS"u8)
                ? AzureErrors.Request("Audio file might be corrupted or unsupported", "file", "invalid_value")
                : AzureErrors.Request(
                    "No transcriber is configured: this is the keyless simulator, which only reads voice notes that carry a TRANSCRIPT comment. "
                    + "Set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY to transcribe real recordings.",
                    "file", "transcriber_not_configured");
        }

        var duration = file is null ? TimeSpan.Zero
            : file.Comments.TryGetValue("SECONDS", out var seconds) ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))
            : file.Duration;
        billing.Transcription(duration.TotalSeconds);
        return AzureErrors.WithIds(TranscriptFormats.Write(request.Format, text, duration, request.Language ?? file?.Comments.GetValueOrDefault("LANGUAGE")));
    }
}
