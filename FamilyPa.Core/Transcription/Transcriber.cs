using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using FamilyPa.Core.Families;
using FamilyPa.Core.Media;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI.Audio;

namespace FamilyPa.Core.Transcription;

/// <param name="Text">Empty without speech.</param>
/// <param name="Language">ISO 639-1; null where the service did not tell.</param>
/// <param name="Seconds">What the service charged for, else what the container said.</param>
public sealed record HeardSpeech(string Text, string? Language, double Seconds, ModelUsage Usage);

/// <summary>The service will never take this recording.</summary>
/// <param name="reason">The job's reason.</param>
public sealed class UnreadableAudioException(string reason, int status) : Exception($"The transcription service refused the recording: {status}, {reason}.")
{
    public string Reason { get; } = reason;
}

/// <summary>Asks the transcription model what was said.</summary>
public sealed class Transcriber(
    AudioClient audio, IOptions<AppSettings> app, IOptions<PipelineSettings> pipeline, IOptions<LimitSettings> limits, ILogger<Transcriber> log)
{
    /// <summary>The service refuses what is shorter: there is nothing to hear in it.</summary>
    private const double ShortestSeconds = 0.1;

    /// <summary>In characters, of all names together.</summary>
    private const int LongestNames = 400;

    // What a call that is charged by tokens can come to: five times what the models count for a second of sound, and the longest transcript.
    private const int MostTokensPerSecond = 50;
    private const int MostOutputTokens = 2000;

    private bool IsGpt4o => app.Value.AzureOpenAITranscriptionShape == TranscriptionShapes.Gpt4oTranscribe;

    private string Deployment => app.Value.AzureOpenAITranscriptionDeployment;

    /// <summary>What listening to a recording can cost at most: by its length, begun seconds whole, or by the longest that is listened to.</summary>
    public ModelUsage Worst(double? seconds)
    {
        var most = Math.Ceiling(seconds ?? limits.Value.MaxAudioMinutes * 60) + 1;
        return IsGpt4o
            ? ModelUsage.OfAudioTokens(Deployment, most, (int)most * MostTokensPerSecond, LongestNames, MostOutputTokens, pipeline.Value)
            : ModelUsage.OfAudio(Deployment, most, pipeline.Value);
    }

    /// <summary>Whether the service heard more than may be listened to; a second more, for it rounds.</summary>
    public bool IsTooLong(double seconds) => seconds > limits.Value.MaxAudioMinutes * 60 + 1;

    /// <summary>Whether there is nothing to hear in a recording of this length.</summary>
    public static bool IsTooShort(double? seconds) => seconds < ShortestSeconds;

    /// <param name="sound">Seekable: a retry reads it again.</param>
    /// <param name="fileName">Its extension is what the service goes by.</param>
    /// <param name="seconds">The recording's length where its container told. Where the service charges for another, that counts.</param>
    /// <exception cref="UnreadableAudioException"/>
    /// <exception cref="ModelAnswerException">The answer is invalid.</exception>
    /// <exception cref="ClientResultException">The service failed or could not be reached, also after retries.</exception>
    public async Task<HeardSpeech> TranscribeAsync(Stream sound, string fileName, double? seconds, Family family, CancellationToken cancellation)
    {
        var names = Names(family);
        var answer = await AskAsync(sound, fileName, Fields(LanguageCodes.Of(family.Locale), names), cancellation);
        var length = answer.Seconds ?? seconds;
        var usage = answer.Tokens is { } tokens
            ? ModelUsage.OfAudioTokens(Deployment, length ?? 0, tokens.Audio, tokens.Text, tokens.Output, pipeline.Value)
            : length is { } known ? ModelUsage.OfAudio(Deployment, known, pipeline.Value) : Worst(null);
        usage.Measure();
        var text = SpokenWords.Of(ModelText.Clean(answer.Text));
        if (text.Length > 0 && (SpokenWords.AreInvented(text) || (IsGpt4o && SpokenWords.AreThePrompt(text, Prompt(names))) || await SoundLevel.IsSilentAsync(sound, cancellation)))
            text = "";
        return new HeardSpeech(text, text.Length > 0 ? answer.Language : null, length ?? 0, usage);
    }

    private async Task<TranscriptionAnswer> AskAsync(Stream sound, string fileName, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellation)
    {
        using var form = new AudioForm(sound, fileName, fields);
        try
        {
            var response = await audio.TranscribeAudioAsync(form, form.ContentType, new RequestOptions { CancellationToken = cancellation });
            return TranscriptionAnswer.Read(response.GetRawResponse().Content);
        }
        catch (ClientResultException e) when (ServiceError.Of(e) is { RecordingReason: { } reason })
        {
            throw new UnreadableAudioException(reason, e.Status);
        }
        catch (ClientResultException e)
        {
            ServiceError.Report(log, e, Deployment);
            throw;
        }
        catch (JsonException)
        {
            throw ModelAnswerException.Unreadable("a transcription");
        }
    }

    /// <summary>What either kind of model takes; what it does not know it would refuse, or ignore.</summary>
    private IEnumerable<KeyValuePair<string, string>> Fields(string? language, List<string> names)
    {
        yield return new("model", Deployment);
        yield return new("response_format", "json");
        // Without a hint close languages are taken for each other, such as Norwegian for Danish.
        if (language is not null)
            yield return new(IsGpt4o ? "language" : "languages[]", language);
        if (IsGpt4o && names.Count > 0)
            yield return new("prompt", Prompt(names));
        foreach (var name in IsGpt4o ? [] : names)
            yield return new("keywords[]", name);
    }

    private static string Prompt(List<string> names) => string.Join(", ", names);

    /// <summary>The family's names, which the model then spells right. It refuses angle brackets and line breaks.</summary>
    private static List<string> Names(Family family)
    {
        var left = LongestNames;
        return [.. family.Members
            .Select(member => string.Concat(member.Name.Where(character => character is not ('<' or '>') && !char.IsControl(character))).Trim())
            .Where(name => name.Length > 0)
            .Distinct()
            .TakeWhile(name => (left -= name.Length + 2) >= 0)];
    }
}
