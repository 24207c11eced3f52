using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Bench.Traffic;

/// <summary>A message before it is sent.</summary>
/// <param name="Kind">Messages of one kind have the same outcome.</param>
/// <param name="Voices">The texts of the attached voice notes.</param>
internal sealed record Draft(string Kind, string Body, params IReadOnlyList<string> Voices)
{
    /// <summary>Whether the simulators' sample picture is attached.</summary>
    public bool HasPicture { get; init; }

    /// <summary>Delay before Twilio delivers it a second time; null: once.</summary>
    public TimeSpan? Again { get; init; }

    /// <summary>Delay before it is sent, after the messages of the same batch.</summary>
    public TimeSpan Later { get; init; }

    /// <summary>A prefix of the MessageSid by which a fault selects the message.</summary>
    public string? SidPrefix { get; init; }

    public InboundMessage From(string phone) => new()
    {
        From = $"whatsapp:{phone}",
        Body = Body,
        Media =
        [
            .. Voices.Select(said => new InboundMedia("audio/ogg", Speak(said))),
            .. HasPicture ? [new InboundMedia("image/jpeg", SamplePicture.Jpeg)] : Array.Empty<InboundMedia>(),
        ],
        MessageSid = SidPrefix is null ? null : SidPrefix + Guid.NewGuid().ToString("N")[..(34 - SidPrefix.Length)],
    };

    /// <summary>Creates a voice note with a realistic length.</summary>
    public static byte[] Speak(string words) => OggOpusWriter.Write(words, TimeSpan.FromSeconds(Math.Max(1, words.Length / 15.0)), "en");
}
