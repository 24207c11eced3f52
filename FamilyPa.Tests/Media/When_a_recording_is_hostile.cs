using FamilyPa.Core.Media;

namespace FamilyPa.Tests.Media;

public sealed class When_a_recording_is_hostile
{
    private const int Variants = 400;
    private const long MostAllocated = 1_000_000;

    private static readonly (AudioFormat Format, byte[] Sample)[] All =
    [
        (AudioFormat.Ogg, Samples.Opus(3)),
        (AudioFormat.Ogg, Samples.Vorbis(3)),
        (AudioFormat.Mp3, Samples.Mp3(1)),
        (AudioFormat.Mp4, Samples.Mp4(3)),
        (AudioFormat.Mp4, Samples.Mp4(3, indexLast: true)),
        (AudioFormat.Wav, Samples.Wav(0.2)),
        (AudioFormat.Webm, Samples.Webm(20, duration: 20)),
        (AudioFormat.Flac, Samples.Flac(3)),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_its_bytes_are_it_is_read_to_an_end_with_next_to_no_memory(int seed) =>
        await Task.Run(async () =>
        {
            var random = new Random(seed);
            foreach (var (format, sample) in All)
            {
                for (var variant = 0; variant < Variants; variant++)
                {
                    var bytes = Damage(sample, random);
                    ContentSniffer.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, ContentSniffer.Length)), null);
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var recording = await format.LookAtAsync(bytes, random.Next(1, 5000));
                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0L, MostAllocated);
                    Assert.True(recording.Seconds is null or >= 0 and < double.PositiveInfinity);
                }
            }
        }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Boxes_nested_without_end_are_read_like_any_other()
    {
        byte[] nested = [.. Samples.Mp4(5)[..16], .. Enumerable.Repeat((byte[])[0x7F, 0xFF, 0xFF, 0xFF, .. "moov"u8], 200_000).SelectMany(box => box)];

        Assert.Equal(Recording.Unreadable, await AudioFormat.Mp4.LookAtAsync(nested));
    }

    private static byte[] Damage(byte[] sample, Random random)
    {
        var bytes = sample[..random.Next(1, sample.Length + 1)];
        if (random.Next(4) == 0)
            bytes = [.. sample];
        for (var flips = random.Next(20); flips > 0; flips--)
            // Mostly where the headers are.
            bytes[random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 200))] = (byte)random.Next(256);
        return bytes;
    }
}
