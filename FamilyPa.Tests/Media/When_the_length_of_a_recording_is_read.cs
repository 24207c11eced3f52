using FamilyPa.Core.Media;

namespace FamilyPa.Tests.Media;

public sealed class When_the_length_of_a_recording_is_read
{
    [Fact]
    public async Task It_is_what_the_container_says()
    {
        await AssertAsync(12.34, AudioFormat.Ogg, Samples.Opus(12.34));
        await AssertAsync(12.34, AudioFormat.Ogg, Samples.Vorbis(12.34));
        await AssertAsync(12.34, AudioFormat.Mp3, Samples.Mp3(12.34));
        await AssertAsync(12.34, AudioFormat.Mp3, Samples.Mp3(12.34, tagged: false));
        await AssertAsync(12.34, AudioFormat.Wav, Samples.Wav(12.34));
        await AssertAsync(12.34, AudioFormat.Flac, Samples.Flac(12.34));
        await AssertAsync(12.34, AudioFormat.Mp4, Samples.Mp4(12.34));
        await AssertAsync(12.34, AudioFormat.Mp4, Samples.Mp4(12.34, indexLast: true));
        await AssertAsync(12.34, AudioFormat.Webm, Samples.Webm(12, duration: 12.34));
    }

    [Fact]
    public async Task One_that_is_not_told_is_taken_from_the_last_sound_or_left_open()
    {
        await AssertAsync(12, AudioFormat.Webm, Samples.Webm(12));
        Assert.Equal(new Recording(null), await AudioFormat.Mp4.LookAtAsync(Samples.Mp4(0)));
        Assert.Equal(new Recording(null), await AudioFormat.Flac.LookAtAsync(Samples.Flac(0)));
    }

    [Fact]
    public async Task A_header_that_lies_does_not_shorten_it()
    {
        // Played at the rate of its samples, whatever the number beside it says.
        await AssertAsync(60, AudioFormat.Wav, Samples.Wav(60, headerRate: 1_000_000));
        await AssertAsync(12, AudioFormat.Webm, Samples.Webm(12, duration: 1));
    }

    [Fact]
    public async Task Wav_is_the_smaller_of_what_its_header_promises_and_what_came()
    {
        await AssertAsync(2, AudioFormat.Wav, Samples.Wav(2, declared: 500));
        await AssertAsync(2, AudioFormat.Wav, Samples.Wav(500, declared: 2));
        await AssertAsync(2, AudioFormat.Wav, Samples.Wav(2, declared: 0));
    }

    [Fact]
    public async Task Recordings_one_behind_another_add_up() =>
        await AssertAsync(7, AudioFormat.Ogg, [.. Samples.Opus(3), .. Samples.Vorbis(4)]);

    [Fact]
    public async Task A_truncated_Ogg_is_as_long_as_its_whole_pages()
    {
        var whole = Samples.Opus(10);

        var half = await AudioFormat.Ogg.LookAtAsync(whole[..(whole.Length / 2)]);
        Assert.Null(half.Reason);
        Assert.InRange(half.Seconds!.Value, 3.5, 5.5);

        Assert.Equal(Recording.Unreadable, await AudioFormat.Ogg.LookAtAsync(whole[..150]));
        Assert.Equal(Recording.Unreadable, await AudioFormat.Ogg.LookAtAsync(whole[..30]));
        Assert.Equal(Recording.Unreadable, await AudioFormat.Ogg.LookAtAsync([.. "OggS"u8, .. new byte[2000]]));
    }

    [Fact]
    public async Task Damage_in_the_middle_costs_only_what_is_damaged()
    {
        var ogg = Samples.Opus(10);
        new byte[500].CopyTo(ogg, ogg.Length / 2);
        await AssertAsync(10, AudioFormat.Ogg, ogg);

        var mp3 = Samples.Mp3(10);
        new byte[2000].CopyTo(mp3, mp3.Length / 2);
        Assert.InRange((await AudioFormat.Mp3.LookAtAsync(mp3)).Seconds!.Value, 9.7, 10);
    }

    [Fact]
    public async Task Pictures_are_found_wherever_they_are_and_codecs_that_nobody_takes()
    {
        Assert.Equal(Recording.Video, await AudioFormat.Mp4.LookAtAsync(Samples.Mp4(5, "isom", "vide")));
        Assert.Equal(Recording.Video, await AudioFormat.Mp4.LookAtAsync(Samples.Mp4(5, "isom", "vide", indexLast: true)));
        Assert.Equal(Recording.Video, await AudioFormat.Webm.LookAtAsync(Samples.Webm(5, track: 1)));
        Assert.Equal(Recording.Video, await AudioFormat.Ogg.LookAtAsync(Samples.Theora()));
        Assert.Equal(Recording.UnknownCodec, await AudioFormat.Ogg.LookAtAsync(Samples.Speex()));
        Assert.Equal(Recording.UnknownCodec, await AudioFormat.Mp4.LookAtAsync(Samples.Mp4(5, codec: "samr")));
    }

    [Fact]
    public async Task Only_a_beginning_is_unreadable()
    {
        Assert.Equal(Recording.Unreadable, await AudioFormat.Mp3.LookAtAsync([.. "ID3\u0004\0\0\0\0\0\0"u8, .. new byte[5000]]));
        Assert.Equal(Recording.Unreadable, await AudioFormat.Mp4.LookAtAsync(Samples.Mp4(5, indexLast: true)[..3000]));
        Assert.Equal(Recording.Unreadable, await AudioFormat.Webm.LookAtAsync(Samples.Webm(5)[..40]));
        Assert.Equal(Recording.Unreadable, await AudioFormat.Wav.LookAtAsync(Samples.Wav(5)[..36]));
        Assert.Equal(Recording.Unreadable, await AudioFormat.Flac.LookAtAsync(Samples.Flac(5)[..20]));
    }

    private static async Task AssertAsync(double seconds, AudioFormat format, byte[] bytes)
    {
        var recording = await format.LookAtAsync(bytes);
        Assert.Null(recording.Reason);
        Assert.Equal(seconds, recording.Seconds!.Value, 0.03);
    }
}
