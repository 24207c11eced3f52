using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>What the simulator has billed so far: only calls that were carried out, whether or not their answer arrived.</summary>
public sealed record Billed(long ChatCalls, long PromptTokens, long CompletionTokens, long TranscriptionCalls, double AudioSeconds);

internal sealed class Billing
{
    private readonly Lock gate = new();
    private readonly ChangeSignal changed = new();
    private Billed billed = new(0, 0, 0, 0, 0);

    public Billed Now
    {
        get
        {
            lock (gate) return billed;
        }
    }

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

    public void Clear() => Add(_ => new Billed(0, 0, 0, 0, 0));

    public Task<Billed> WaitForAsync(Func<Billed, bool> predicate, TimeSpan timeout) =>
        changed.WaitForAsync(() => Now is var now && predicate(now) ? [now] : Array.Empty<Billed>(), timeout, "such bill");

    private void Add(Func<Billed, Billed> change)
    {
        lock (gate) billed = change(billed);
        changed.Raise();
    }
}
