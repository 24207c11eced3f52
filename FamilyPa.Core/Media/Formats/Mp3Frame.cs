namespace FamilyPa.Core.Media.Formats;

/// <summary>The header of an MPEG audio frame (layers I to III, versions 1, 2 and 2.5).</summary>
/// <param name="Kind">The bits that all frames of a recording have in common.</param>
/// <param name="Length">Of the whole frame in bytes.</param>
internal readonly record struct Mp3Frame(int Kind, int Length, double Seconds)
{
    public const int HeaderLength = 4;

    // In kbit/s by index: version 1 with layers I, II, III; versions 2 and 2.5 with layer I, and with II or III.
    private static readonly short[] Version1Layer1 = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    private static readonly short[] Version1Layer2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    private static readonly short[] Version1Layer3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly short[] Version2Layer1 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    private static readonly short[] Version2Others = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] Version1Rates = [44_100, 48_000, 32_000];

    /// <returns>Null if these bytes begin no frame, or one whose length only its successor tells (free format).</returns>
    public static Mp3Frame? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || bytes[0] != 0xFF || (bytes[1] & 0xE0) != 0xE0)
            return null;
        var version = (bytes[1] >> 3) & 3; // 0: 2.5, 2: 2, 3: 1
        var layer = 4 - ((bytes[1] >> 1) & 3);
        var bitrate = bytes[2] >> 4;
        var rate = (bytes[2] >> 2) & 3;
        if (version == 1 || layer == 4 || bitrate is 0 or 15 || rate == 3)
            return null;

        var samplesPerSecond = Version1Rates[rate] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        var bitsPerSecond = 1000 * Bitrates(version, layer)[bitrate];
        var samples = (version, layer) switch { (_, 1) => 384, (not 3, 3) => 576, _ => 1152 };
        var padding = (bytes[2] >> 1) & 1;
        var length = layer == 1
            ? ((12 * bitsPerSecond / samplesPerSecond) + padding) * 4
            : (samples / 8 * bitsPerSecond / samplesPerSecond) + padding;
        return new Mp3Frame((version << 4) | (layer << 2) | rate, length, samples / (double)samplesPerSecond);
    }

    private static short[] Bitrates(int version, int layer) => (version, layer) switch
    {
        (3, 1) => Version1Layer1,
        (3, 2) => Version1Layer2,
        (3, 3) => Version1Layer3,
        (_, 1) => Version2Layer1,
        _ => Version2Others,
    };
}
