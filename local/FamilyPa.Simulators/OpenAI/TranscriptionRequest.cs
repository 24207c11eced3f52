namespace FamilyPa.Simulators.OpenAI;

/// <summary>A transcription request, for scripted answers and for tests.</summary>
/// <param name="Language">ISO 639-1, where the caller gave one.</param>
/// <param name="Format"><c>json</c>, <c>verbose_json</c>, <c>text</c>, <c>srt</c> or <c>vtt</c>.</param>
public sealed record TranscriptionRequest(string Deployment, string FileName, byte[] Audio, string? Language, string Format);
