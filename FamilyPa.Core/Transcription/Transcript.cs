namespace FamilyPa.Core.Transcription;

/// <summary>The transcript of one recording.</summary>
/// <param name="Text">Empty when nothing was.</param>
/// <param name="Language">As the transcriber heard it; null when it did not say.</param>
public sealed record Transcript(int Ordinal, string Text, string? Language);
