using System.Buffers.Binary;
using FamilyPa.Simulators.Audio;

namespace FamilyPa.Tests.Local.Simulators;

public class When_a_sample_voice_note_is_made
{
    [Theory]
    [InlineData(0.02)]
    [InlineData(1)]
    [InlineData(3.25)]
    [InlineData(61)]
    public void It_lasts_as_long_as_asked(double seconds)
    {
        var file = OggOpusFile.Read(OggOpusWriter.Write("hello", TimeSpan.FromSeconds(seconds), "en"))!;

        Assert.Equal(seconds, file.Duration.TotalSeconds, 0.001);
        Assert.Equal(("hello", "en"), (file.Comments["TRANSCRIPT"], file.Comments["LANGUAGE"]));
    }

    [Fact]
    public void It_is_an_Ogg_stream_that_begins_goes_on_and_ends()
    {
        var bytes = OggOpusWriter.Write(new string('x', 70_000), TimeSpan.FromSeconds(2));
        var pages = new List<(byte Flags, long Granule, uint Sequence)>();
        for (var at = 0; at < bytes.Length;)
        {
            Assert.Equal("OggS"u8.ToArray(), bytes[at..(at + 4)]);
            pages.Add((bytes[at + 5], BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 6)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 18))));
            at += 27 + bytes[at + 26] + bytes.AsSpan(at + 27, bytes[at + 26]).ToArray().Sum(value => value);
        }

        Assert.Equal(Enumerable.Range(0, pages.Count).Select(number => (uint)number), pages.Select(page => page.Sequence));
        Assert.Equal(2, pages[0].Flags);
        Assert.Contains(pages, page => page is { Flags: 1, Granule: 0 });
        Assert.Equal(4, pages[^1].Flags);
        Assert.Equal(2 * 48_000 + 312, pages[^1].Granule);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OggS")]
    [InlineData("RIFF....WAVE")]
    public void Other_bytes_are_no_voice_note(string text) => Assert.Null(OggOpusFile.Read(System.Text.Encoding.ASCII.GetBytes(text)));
}
