namespace FamilyPa.Core.Settings;

/// <summary>The two kinds of transcription models, which differ in what they are asked and answer.</summary>
public static class TranscriptionShapes
{
    /// <summary>Takes <c>languages[]</c> and <c>keywords[]</c>, tells the language, is charged by length, and answers silence with nothing.</summary>
    public const string GptTranscribe = "gpt-transcribe";

    /// <summary>gpt-4o-transcribe and gpt-4o-mini-transcribe: take <c>language</c> and <c>prompt</c>, are charged by tokens, and may invent words for silence.</summary>
    public const string Gpt4oTranscribe = "gpt-4o-transcribe";

    public static readonly IReadOnlyList<string> All = [GptTranscribe, Gpt4oTranscribe];
}
