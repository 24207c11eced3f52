using System.Buffers.Binary;
using Concentus;
using FamilyPa.Core.Media.Formats;

namespace FamilyPa.Core.Media;

/// <summary>Listens whether a recording holds any sound.</summary>
public static class SoundLevel
{
    /// <summary>Of full scale (-55 dB), over one packet or block: far below speech, and above a microphone's own noise.</summary>
    private const double Silence = 0.0018;

    private const int SamplesPerSecond = 16_000;
    private const int LongestPacket = SamplesPerSecond * 120 / 1000;

    /// <summary>Reads until the first sound, for Ogg/Opus and for WAV of 16 bits.</summary>
    /// <param name="sound">Seekable.</param>
    /// <returns>False also where it cannot be told.</returns>
    public static async Task<bool> IsSilentAsync(Stream sound, CancellationToken cancellation)
    {
        sound.Position = 0;
        var reader = new ForwardReader(buffer => sound.ReadAsync(buffer, cancellation));
        await reader.HasAsync(ContentSniffer.Length);
        return reader.Ahead.StartsWith("OggS"u8) ? await IsSilentOpusAsync(reader)
            : reader.Ahead.StartsWith("RIFF"u8) && await IsSilentWavAsync(reader);
    }

    private static async Task<bool> IsSilentOpusAsync(ForwardReader reader)
    {
        IOpusDecoder? decoder = null;
        var samples = new float[LongestPacket];
        var packet = new MemoryStream();
        for (var number = 0; await reader.HasAsync(OggPage.ShortestHeader);)
        {
            await reader.HasAsync(OggPage.LongestHeader);
            if (OggPage.TryRead(reader.Ahead) is not { } page)
                return false;
            var lengths = reader.Ahead[OggPage.ShortestHeader..page.HeaderLength].ToArray();
            reader.Advance(page.HeaderLength);
            foreach (var length in lengths)
            {
                if (!await reader.HasAsync(length))
                    return false;
                packet.Write(reader.Ahead[..length]);
                reader.Advance(length);
                if (length == byte.MaxValue)
                    continue;
                // The first packet says that it is Opus, the second is comments.
                if (number == 0 && !packet.ToArray().AsSpan().StartsWith("OpusHead"u8))
                    return false;
                if (number++ >= 2 && !IsSilent(decoder ??= OpusCodecFactory.CreateDecoder(SamplesPerSecond, 1), packet.ToArray(), samples))
                    return false;
                packet.SetLength(0);
            }
        }

        return decoder is not null;
    }

    private static bool IsSilent(IOpusDecoder decoder, byte[] packet, float[] samples)
    {
        if (packet.Length == 0)
            return true;
        try
        {
            var count = decoder.Decode(packet, samples, LongestPacket);
            return Level(samples.AsSpan(0, count)) < Silence;
        }
        catch (Exception e) when (e is OpusException or ArgumentException or IndexOutOfRangeException)
        {
            return false; // damaged: unknown
        }
    }

    private static async Task<bool> IsSilentWavAsync(ForwardReader reader)
    {
        const int block = 3200;
        var isPlain = false;
        await reader.SkipAsync(WavReader.RiffHeader);
        while (await reader.HasAsync(WavReader.ChunkHeader))
        {
            var (isFormat, isData) = (reader.Ahead.StartsWith("fmt "u8), reader.Ahead.StartsWith("data"u8));
            var size = BinaryPrimitives.ReadUInt32LittleEndian(reader.Ahead[4..]);
            reader.Advance(WavReader.ChunkHeader);
            if (isData)
            {
                var samples = new float[block / 2];
                var heard = false;
                while (isPlain && await reader.HasAsync(2))
                {
                    await reader.HasAsync(block);
                    var count = Math.Min(block, reader.Ahead.Length) / 2;
                    for (var i = 0; i < count; i++)
                        samples[i] = BinaryPrimitives.ReadInt16LittleEndian(reader.Ahead[(2 * i)..]) / 32768f;
                    if (Level(samples.AsSpan(0, count)) >= Silence)
                        return false;
                    reader.Advance(count * 2);
                    heard = true;
                }

                return heard;
            }

            if (isFormat && await reader.HasAsync(16))
                isPlain = BinaryPrimitives.ReadUInt16LittleEndian(reader.Ahead) == 1 && BinaryPrimitives.ReadUInt16LittleEndian(reader.Ahead[14..]) == 16;
            await reader.SkipAsync(size + (size & 1L));
        }

        return false;
    }

    /// <summary>Root mean square.</summary>
    private static double Level(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
            sum += sample * (double)sample;
        return samples.IsEmpty ? 0 : Math.Sqrt(sum / samples.Length);
    }
}
