using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Bench.Traffic;

/// <summary>A message that somebody is about to send.</summary>
/// <param name="Kind">Messages of one kind become the same: so many tasks, the same end.</param>
/// <param name="Voices">How many voice notes are attached.</param>
internal sealed record Draft(string Kind, string Body, params IReadOnlyList<string> Voices)
{
    /// <summary>Twilio delivers it a second time, this long after the first; null: once.</summary>
    public TimeSpan? Again { get; init; }

    /// <summary>It is sent this long after those it is sent along with.</summary>
    public TimeSpan Later { get; init; }

    /// <summary>How the MessageSid begins, where a fault has to know it.</summary>
    public string? SidPrefix { get; init; }

    public InboundMessage From(string phone) => new()
    {
        From = $"whatsapp:{phone}",
        Body = Body,
        Media = [.. Voices.Select(said => new InboundMedia("audio/ogg", Speak(said)))],
        MessageSid = SidPrefix is null ? null : SidPrefix + Guid.NewGuid().ToString("N")[..(34 - SidPrefix.Length)],
    };

    /// <summary>A voice note as long as the words take.</summary>
    public static byte[] Speak(string words) => OggOpusWriter.Write(words, TimeSpan.FromSeconds(Math.Max(1, words.Length / 15.0)), "en");
}
