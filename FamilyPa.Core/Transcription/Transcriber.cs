using System.ClientModel;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Families;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using OpenAI.Audio;

namespace FamilyPa.Core.Transcription;

/// <param name="Text">Empty when nobody spoke.</param>
/// <param name="Language">ISO 639-1 where the service's name of it is known, else as it gave it; null when it did not.</param>
public sealed record HeardSpeech(string Text, string? Language, double Seconds, ModelUsage Usage);

/// <summary>The service will never take this recording: damaged, or a kind of audio that it cannot read.</summary>
public sealed class UnreadableAudioException(int status) : Exception($"The transcription service refused the recording: {status}.");

/// <summary>Asks the transcription model what was said.</summary>
public sealed class Transcriber(AudioClient audio, IOptions<AppSettings> app, IOptions<PipelineSettings> pipeline, IOptions<LimitSettings> limits)
{
    /// <summary>The model reads at most 224 tokens of its prompt, and the end of it.</summary>
    private const int LongestPrompt = 400;

    // Whisper's own rule for a segment in which nobody speaks, whatever it made up for it.
    private const float SilenceProbability = 0.6f;
    private const float SilenceLogProbability = -1f;

    /// <summary>What listening to a recording can cost at most: by its length, begun seconds whole, or by the longest that is listened to.</summary>
    public ModelUsage Worst(double? seconds) => ModelUsage.OfAudio(
        app.Value.AzureOpenAITranscriptionDeployment, Math.Ceiling(seconds ?? limits.Value.MaxAudioMinutes * 60) + 1, pipeline.Value);

    /// <summary>Whether the service heard more than may be listened to; a second more, for it rounds.</summary>
    public bool IsTooLong(double seconds) => seconds > limits.Value.MaxAudioMinutes * 60 + 1;

    /// <param name="sound">Seekable: a retry reads it again.</param>
    /// <param name="fileName">Its extension is what the service goes by.</param>
    /// <param name="seconds">The recording's length where its container told. Where the service heard more, that counts: it is what it charges.</param>
    /// <exception cref="UnreadableAudioException"/>
    /// <exception cref="ModelAnswerException">The answer is of no use.</exception>
    /// <exception cref="ClientResultException">The service failed or could not be reached, also after retries.</exception>
    public async Task<HeardSpeech> TranscribeAsync(Stream sound, string fileName, double? seconds, Family family, CancellationToken cancellation)
    {
        var options = new AudioTranscriptionOptions
        {
            ResponseFormat = AudioTranscriptionFormat.Verbose,
            Prompt = Names(family),
            Temperature = 0,
        };
        try
        {
            var answer = (await audio.TranscribeAudioAsync(sound, fileName, options, cancellation)).Value;
            var length = Math.Max(seconds ?? 0, answer.Duration?.TotalSeconds ?? 0);
            var usage = ModelUsage.OfAudio(app.Value.AzureOpenAITranscriptionDeployment, length, pipeline.Value);
            usage.Measure();
            return new HeardSpeech(IsSilence(answer) ? "" : (answer.Text ?? "").Trim(), LanguageCodes.Of(answer.Language), length, usage);
        }
        catch (ClientResultException e) when (e.Status is 400 or 413 or 415 or 422)
        {
            throw new UnreadableAudioException(e.Status);
        }
        catch (Exception e) when (ModelAnswerException.IsUnreadable(e))
        {
            throw ModelAnswerException.Unreadable("a transcription");
        }
    }

    private static bool IsSilence(AudioTranscription answer) =>
        answer.Segments is { Count: > 0 } segments
        && segments.All(segment => segment.NoSpeechProbability > SilenceProbability && segment.AverageLogProbability < SilenceLogProbability);

    /// <summary>The model spells what it has just read: the family's names are given to it as if they had been spoken before.</summary>
    private static string Names(Family family)
    {
        var names = string.Join(", ", family.Members.Select(member => member.Name).Distinct());
        return names.Cut(LongestPrompt);
    }
}
