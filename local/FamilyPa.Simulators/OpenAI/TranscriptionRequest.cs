namespace FamilyPa.Simulators.OpenAI;

/// <summary>A transcription request, for scripted answers and for tests.</summary>
/// <param name="Languages">ISO 639-1: the hints that count for the model.</param>
/// <param name="Keywords">For a gpt-transcribe.</param>
/// <param name="Prompt">For a gpt-4o-transcribe.</param>
/// <param name="Format"><c>json</c> or <c>text</c>.</param>
public sealed record TranscriptionRequest(
    string Deployment, string FileName, byte[] Audio, IReadOnlyList<string> Languages, IReadOnlyList<string> Keywords, string? Prompt, string Format);
