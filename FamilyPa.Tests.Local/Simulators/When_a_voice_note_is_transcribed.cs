using System.ClientModel;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using OpenAI.Audio;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_a_voice_note_is_transcribed : IAsyncLifetime
{
    private const string Said = "Buy milk tomorrow. And call grandma on Friday at five.";
    private AzureOpenAISimulator simulator = null!;

    public async ValueTask InitializeAsync() => simulator = await AzureOpenAISimulator.StartAsync();

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task The_words_come_with_language_length_and_segments()
    {
        var heard = await TranscribeAsync(OggOpusWriter.Write(Said, TimeSpan.FromSeconds(4.5)));

        Assert.Equal(Said, heard.Text);
        Assert.Equal("english", heard.Language);
        Assert.Equal(TimeSpan.FromSeconds(4.5), heard.Duration);
        Assert.Equal(["Buy milk tomorrow.", "And call grandma on Friday at five."], heard.Segments.Select(segment => segment.Text.Trim()));
        Assert.Equal(heard.Duration, heard.Segments[^1].EndTime);
        Assert.Equal(4.5, simulator.Billed.AudioSeconds, 0.01);
    }

    [Theory]
    [InlineData("de", null, "german")]
    [InlineData("de", "fr", "french")]
    public async Task The_language_asked_for_wins_over_the_recordings(string recorded, string? asked, string language) =>
        Assert.Equal(language, (await TranscribeAsync(OggOpusWriter.Write("Milch kaufen", TimeSpan.FromSeconds(1), recorded), asked)).Language);

    [Fact]
    public async Task A_transcript_longer_than_a_page_is_read_whole()
    {
        var long_ = string.Join(' ', Enumerable.Repeat("buy milk 🥛 and bread", 5000));

        Assert.Equal(long_, (await TranscribeAsync(OggOpusWriter.Write(long_, TimeSpan.FromSeconds(1)))).Text);
    }

    [Fact]
    public async Task A_real_recording_is_refused_in_plain_words()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => TranscribeAsync(OggOpusWriter.Write(null, TimeSpan.FromSeconds(1))));

        Assert.Equal(400, refused.Status);
        Assert.Contains("No transcriber is configured", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, simulator.Billed.TranscriptionCalls);
    }

    [Fact]
    public async Task A_scripted_transcript_stands_in_for_any_recording()
    {
        using var script = simulator.RespondTranscription(request => request.Audio is [1, 2, 3], "hello");

        Assert.Equal("hello", (await TranscribeAsync([1, 2, 3])).Text);
    }

    [Theory]
    [InlineData("voice.opus")]
    [InlineData("voice")]
    public async Task The_file_name_decides_whether_it_is_taken(string name)
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => TranscribeAsync(OggOpusWriter.Write(Said, TimeSpan.FromSeconds(1)), name: name));

        Assert.Contains("Supported formats", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        var damaged = OggOpusWriter.Write(Said, TimeSpan.FromSeconds(1));
        damaged[40] ^= 0xFF;

        Assert.Equal(400, (await Assert.ThrowsAsync<ClientResultException>(() => TranscribeAsync(damaged))).Status);
    }

    [Fact]
    public async Task A_fault_hits_it_like_any_operation()
    {
        simulator.Faults.Add(Fault.Status("transcription", 503).Once());

        Assert.Equal(503, (await Assert.ThrowsAsync<ClientResultException>(() => TranscribeAsync(OggOpusWriter.Write(Said, TimeSpan.FromSeconds(1))))).Status);
    }

    private async Task<AudioTranscription> TranscribeAsync(byte[] audio, string? language = null, string name = "voice.ogg")
    {
        using var stream = new MemoryStream(audio);
        var options = new AudioTranscriptionOptions { ResponseFormat = AudioTranscriptionFormat.Verbose, Language = language };
        return (await KeylessModel.AudioOf(simulator).TranscribeAudioAsync(stream, name, options)).Value;
    }
}
