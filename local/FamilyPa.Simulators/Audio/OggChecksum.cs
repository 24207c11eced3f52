namespace FamilyPa.Simulators.Audio;

/// <summary>Ogg's CRC-32: polynomial 0x04C11DB7, no reflection, no final inversion, over the page with its checksum field zero.</summary>
internal static class OggChecksum
{
    private const uint Polynomial = 0x04C11DB7;
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(EntryFor)];

    public static uint Of(ReadOnlySpan<byte> page)
    {
        var sum = 0u;
        foreach (var value in page) sum = (sum << 8) ^ Table[(sum >> 24) ^ value];
        return sum;
    }

    private static uint EntryFor(int index)
    {
        var entry = (uint)index << 24;
        for (var bit = 0; bit < 8; bit++) entry = (entry & 0x80000000) != 0 ? (entry << 1) ^ Polynomial : entry << 1;
        return entry;
    }
}
