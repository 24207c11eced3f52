using FamilyPa.Core.Media.Formats;

namespace FamilyPa.Core.Media;

/// <summary>A kind of recording that is kept.</summary>
/// <param name="File">A name whose ending the transcription service knows: it goes by that, and refuses <c>.opus</c> or none.</param>
/// <param name="ReadAsync">Reads a recording from its first byte. It does not throw for invalid bytes.</param>
internal sealed record AudioFormat(string ContentType, string File, Func<ForwardReader, ValueTask<Recording>> ReadAsync)
{
    public static readonly AudioFormat Ogg = new("audio/ogg", "voice.ogg", OggReader.ReadAsync);
    public static readonly AudioFormat Mp3 = new("audio/mpeg", "voice.mp3", Mp3Reader.ReadAsync);
    public static readonly AudioFormat Mp4 = new("audio/mp4", "voice.m4a", Mp4Reader.ReadAsync);
    public static readonly AudioFormat Wav = new("audio/wav", "voice.wav", WavReader.ReadAsync);
    public static readonly AudioFormat Webm = new("audio/webm", "voice.webm", WebmReader.ReadAsync);
    public static readonly AudioFormat Flac = new("audio/flac", "voice.flac", FlacReader.ReadAsync);

    private static readonly Dictionary<string, string> Files =
        new[] { Ogg, Mp3, Mp4, Wav, Webm, Flac }.ToDictionary(format => format.ContentType, format => format.File);

    /// <summary>What to call a stored recording towards the transcription service.</summary>
    /// <param name="contentType">As stored with it.</param>
    public static string FileName(string? contentType) => Files.GetValueOrDefault(contentType ?? "", Ogg.File);
}
