using System.Buffers.Binary;

namespace FamilyPa.Core.Media.Formats;

/// <summary>RIFF/WAVE: as long as its data, the smaller of what the header says and what came.</summary>
internal static class WavReader
{
    public const int RiffHeader = 12;
    public const int ChunkHeader = 8;
    private const int SmallestFormat = 16;

    public static async ValueTask<Recording> ReadAsync(ForwardReader reader)
    {
        uint bytesPerSecond = 0;
        await reader.SkipAsync(RiffHeader);
        while (await reader.HasAsync(ChunkHeader))
        {
            var isFormat = reader.Ahead.StartsWith("fmt "u8);
            var isData = reader.Ahead.StartsWith("data"u8);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(reader.Ahead[4..]);
            reader.Advance(ChunkHeader);
            if (isData)
            {
                // A recorder that could not go back to fill it in leaves 0 or all ones.
                var came = await reader.SkipAsync(size is 0 ? long.MaxValue : size);
                return came > 0 && bytesPerSecond > 0 ? Recording.Of(came / (double)bytesPerSecond) : Recording.Unreadable;
            }

            if (isFormat && size >= SmallestFormat && await reader.HasAsync(SmallestFormat))
                bytesPerSecond = BytesPerSecond(reader.Ahead);
            // Chunks begin at even positions.
            await reader.SkipAsync(size + (size & 1L));
        }

        return Recording.Unreadable;
    }

    /// <summary>For plain samples from the samples themselves, which a player goes by; else what the header says.</summary>
    private static uint BytesPerSecond(ReadOnlySpan<byte> format)
    {
        const ushort pcm = 1, floats = 3;
        var codec = BinaryPrimitives.ReadUInt16LittleEndian(format);
        var samplesPerSecond = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        var bytesPerSample = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        return codec is pcm or floats
            ? (uint)Math.Min(uint.MaxValue, (ulong)samplesPerSecond * bytesPerSample)
            : BinaryPrimitives.ReadUInt32LittleEndian(format[8..]);
    }
}
