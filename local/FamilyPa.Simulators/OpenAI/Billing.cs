using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>The calls that the simulator has completed and billed, including calls whose answer was lost.</summary>
/// <param name="CompletionTokens">Including reasoning tokens.</param>
/// <param name="AudioSeconds">Of transcriptions that are charged by length.</param>
/// <param name="AudioTokens">Of transcriptions that are charged by tokens, as the next two.</param>
public sealed record Billed(
    long ChatCalls = 0, long PromptTokens = 0, long CompletionTokens = 0, long TranscriptionCalls = 0, double AudioSeconds = 0,
    long AudioTokens = 0, long PromptTextTokens = 0, long TranscriptTokens = 0);

internal sealed class Billing
{
    private readonly Lock gate = new();
    private readonly ChangeSignal changed = new();
    private volatile Billed billed = new();

    public Billed Now => billed;

    public void Chat(int prompt, int completion) => Add(now => now with
    {
        ChatCalls = now.ChatCalls + 1,
        PromptTokens = now.PromptTokens + prompt,
        CompletionTokens = now.CompletionTokens + completion,
    });

    public void Transcription(double seconds) => Add(now => now with
    {
        TranscriptionCalls = now.TranscriptionCalls + 1,
        AudioSeconds = now.AudioSeconds + seconds,
    });

    public void Transcription(int audio, int text, int transcript) => Add(now => now with
    {
        TranscriptionCalls = now.TranscriptionCalls + 1,
        AudioTokens = now.AudioTokens + audio,
        PromptTextTokens = now.PromptTextTokens + text,
        TranscriptTokens = now.TranscriptTokens + transcript,
    });

    public void Clear() => Add(_ => new Billed());

    public Task<Billed> WaitForAsync(Func<Billed, bool> predicate, TimeSpan timeout) =>
        changed.WaitForAsync(() => Now is var now && predicate(now) ? [now] : Array.Empty<Billed>(), timeout, "such bill");

    private void Add(Func<Billed, Billed> change)
    {
        lock (gate) billed = change(billed);
        changed.Raise();
    }
}
