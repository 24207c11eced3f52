using System.Buffers.Binary;
using System.Text;
using FamilyPa.Simulators.Audio;

namespace FamilyPa.Tests.Media;

/// <summary>Small recordings of each kind, made to measure: their containers are right, what they sound like nobody asks.</summary>
internal static class Samples
{
    private static readonly byte[] Mp3Frame = [0xFF, 0xFB, 0x90, 0x00, .. new byte[413]]; // layer III, 128 kbit/s, 44.1 kHz

    public static byte[] Opus(double seconds) => OggOpusWriter.Write(null, TimeSpan.FromSeconds(seconds));

    public static byte[] Vorbis(double seconds, uint rate = 44_100) =>
    [
        .. OggPage(2, 0, [.. "\u0001vorbis"u8, .. new byte[4], 1, .. Little(rate), .. new byte[14]]),
        .. OggPage(4, (long)(seconds * rate), new byte[100]),
    ];

    public static byte[] Speex() => [.. OggPage(2, 0, [.. "Speex   1.2"u8, .. new byte[60]]), .. OggPage(4, 16_000, new byte[100])];

    public static byte[] Theora() => [.. OggPage(2, 0, [0x80, .. "theora"u8, .. new byte[40]]), .. OggPage(4, 16_000, new byte[100])];

    public static byte[] Mp3(double seconds, bool tagged = true) =>
        [.. tagged ? [.. "ID3\u0004\0\0\0\0\u0001\u007F"u8, .. new byte[255]] : Array.Empty<byte>(), .. Repeat(Mp3Frame, (int)Math.Round(seconds * 44_100 / 1152))];

    public static byte[] Amr => [.. "#!AMR\n"u8, .. Repeat([0x3C, .. new byte[31]], 50)];

    /// <param name="declared">Seconds of data that the header promises; null for what is there.</param>
    public static byte[] Wav(double seconds, double? declared = null, uint headerRate = 16_000)
    {
        const uint rate = 8_000;
        var data = new byte[(int)(seconds * rate * 2)];
        var promised = declared is { } told ? (uint)(told * rate * 2) : (uint)data.Length;
        return
        [
            .. "RIFF"u8, .. Little(promised + 36), .. "WAVEfmt "u8, .. Little(16), 1, 0, 1, 0, .. Little(rate), .. Little(headerRate), 2, 0, 16, 0,
            .. "LIST"u8, .. Little(3), 0, 0, 0, 0, .. "data"u8, .. Little(promised), .. data,
        ];
    }

    public static byte[] Flac(double seconds, ulong rate = 16_000) =>
        [.. "fLaC"u8, 0x80, 0, 0, 34, .. new byte[10], .. Big((rate << 44) | (15UL << 36) | (ulong)(seconds * rate)), .. new byte[200]];

    /// <param name="indexLast">The index comes behind the sound, as phones write it.</param>
    public static byte[] Mp4(double seconds, string brand = "M4A ", string handler = "soun", bool indexLast = false, string codec = "mp4a")
    {
        var index = Box("moov",
            Box("mvhd", Times(seconds, 1000)),
            Box("trak", Box("mdia",
                Box("mdhd", Times(seconds, 44_100)),
                Box("hdlr", [.. new byte[8], .. Encoding.ASCII.GetBytes(handler), .. new byte[12]]),
                Box("minf", Box("stbl", Box("stsd", [.. new byte[4], .. BigShort(1), .. Box(codec, new byte[28])]))))));
        var sound = Box("mdat", new byte[5000]);
        return [.. Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0]), .. indexLast ? [.. sound, .. index] : (byte[])[.. index, .. sound]];
    }

    /// <param name="duration">As the header tells; null where the recorder could not go back, as a browser cannot.</param>
    public static byte[] Webm(double seconds, double? duration = null, byte track = 2) =>
    [
        .. Element([0x1A, 0x45, 0xDF, 0xA3], Element([0x42, 0x82], "webm"u8.ToArray())),
        0x18, 0x53, 0x80, 0x67, 0x01, .. Enumerable.Repeat((byte)0xFF, 7), // a segment of unknown length
        .. Element([0x15, 0x49, 0xA9, 0x66],
            Element([0x2A, 0xD7, 0xB1], [0x0F, 0x42, 0x40]),
            duration is { } told ? Element([0x44, 0x89], Big(BitConverter.DoubleToUInt64Bits(told * 1000))) : []),
        .. Element([0x16, 0x54, 0xAE, 0x6B], Element([0xAE], Element([0xD7], [1]), Element([0x83], [track]))),
        .. Enumerable.Range(0, (int)seconds + 1).SelectMany(second => (byte[])
        [
            0x1F, 0x43, 0xB6, 0x75, 0xFF, // a cluster of unknown length
            .. Element([0xE7], Big((ulong)second * 1000)),
            .. Element([0xA3], [0x81, 0, 0, 0x80, .. new byte[40]]),
        ]),
    ];

    private static byte[] OggPage(byte flags, long position, byte[] payload) =>
        [.. "OggS\0"u8, flags, .. BitConverter.GetBytes(position), 1, 2, 3, 4, .. new byte[8], 1, (byte)payload.Length, .. payload];

    private static byte[] Times(double seconds, uint scale) => [.. new byte[12], .. BigShort(scale), .. BigShort((uint)(seconds * scale)), .. new byte[80]];

    private static byte[] Box(string type, params byte[][] content)
    {
        var bytes = content.SelectMany(part => part).ToArray();
        return [.. BigShort((uint)bytes.Length + 8), .. Encoding.ASCII.GetBytes(type), .. bytes];
    }

    private static byte[] Element(byte[] id, params byte[][] content)
    {
        var bytes = content.SelectMany(part => part).ToArray();
        return [.. id, (byte)(0x40 | (bytes.Length >> 8)), (byte)bytes.Length, .. bytes];
    }

    private static IEnumerable<byte> Repeat(byte[] bytes, int times) => Enumerable.Range(0, times).SelectMany(_ => bytes);

    private static byte[] Little(uint number) => BitConverter.GetBytes(number);

    private static byte[] BigShort(uint number) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number));

    private static byte[] Big(ulong number) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number));
}
