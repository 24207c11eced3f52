using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_a_voice_note_is_transcribed : IAsyncLifetime
{
    private const string Said = "Buy milk tomorrow. And call grandma on Friday at five.";
    private const string Preview = "2025-04-01-preview";
    private AzureOpenAISimulator simulator = null!;

    public async ValueTask InitializeAsync() => simulator = await AzureOpenAISimulator.StartAsync();

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Fact]
    public async Task A_gpt_transcribe_tells_the_language_and_charges_by_length()
    {
        var heard = await TranscribeAsync("transcription", Note(4.5), ("languages[]", "en"), ("languages[]", "de"), ("keywords[]", "Ann"), ("language", "ignored"));

        Assert.Equal((200, Said), (heard.Status, heard.Json.GetProperty("text").GetString()));
        Assert.Equal("en", heard.Json.GetProperty("languages")[0].GetProperty("code").GetString());
        Assert.Equal(("duration", 4.5), (heard.Json.GetProperty("usage").GetProperty("type").GetString(), heard.Json.GetProperty("usage").GetProperty("seconds").GetDouble()));
        Assert.Equal(4.5, simulator.Billed.AudioSeconds, 0.01);
    }

    [Fact]
    public async Task A_gpt_4o_transcribe_tells_no_language_and_charges_by_tokens()
    {
        var heard = await TranscribeAsync("transcription-fallback", Note(4.5), ("language", "en"), ("prompt", "Ann, Ben"));

        Assert.Equal((200, Said), (heard.Status, heard.Json.GetProperty("text").GetString()));
        Assert.False(heard.Json.TryGetProperty("languages", out _));
        var usage = heard.Json.GetProperty("usage");
        Assert.Equal(("tokens", 45, simulator.Billed.PromptTextTokens), (
            usage.GetProperty("type").GetString(), usage.GetProperty("input_token_details").GetProperty("audio_tokens").GetInt32(),
            usage.GetProperty("input_token_details").GetProperty("text_tokens").GetInt64()));
        Assert.Equal(simulator.Billed.TranscriptTokens, usage.GetProperty("output_tokens").GetInt64());
    }

    [Theory]
    [InlineData("transcription", "")]
    [InlineData("transcription-fallback", "Thank you for watching!")]
    public async Task Silence_is_nothing_for_one_and_something_invented_for_the_other(string deployment, string text)
    {
        var heard = await TranscribeAsync(deployment, OggOpusWriter.Write(" ", TimeSpan.FromSeconds(2)));

        Assert.Equal(text, heard.Json.GetProperty("text").GetString());
        if (deployment == "transcription")
            Assert.Equal(0, heard.Json.GetProperty("languages").GetArrayLength());
    }

    [Theory]
    [InlineData("transcription", "response_format", "verbose_json", "unsupported_value", "response_format")]
    [InlineData("transcription-fallback", "response_format", "text", "unsupported_value", "response_format")]
    [InlineData("transcription", "languages[]", "[\"en\",\"de\"]", "invalid_value", "languages")]
    [InlineData("transcription", "languages[]", "en,de", "invalid_value", "languages")]
    [InlineData("transcription", "languages[]", "xx", "invalid_value", "languages")]
    [InlineData("transcription-fallback", "language", "english", "invalid_value", "language")]
    [InlineData("transcription", "keywords[]", "<Ann>", "invalid_value", "keywords")]
    [InlineData("transcription", "keywords[]", "Ann\nBen", "invalid_value", "keywords")]
    [InlineData("transcription-fallback", "keywords[]", "Ann", "unsupported_parameter", "keywords[]")]
    public async Task What_the_service_would_refuse_is_refused(string deployment, string field, string value, string code, string param)
    {
        var refused = await TranscribeAsync(deployment, Note(1), (field, value));

        Assert.Equal((400, code, param), (refused.Status, refused.Error("code"), refused.Error("param")));
        Assert.Equal(0, simulator.Billed.TranscriptionCalls);
    }

    [Theory]
    [InlineData("transcription", 0.05, "too short")]
    [InlineData("transcription", 1801, "longer than 1800 seconds")]
    [InlineData("transcription-fallback", 1401, "longer than 1400 seconds")]
    public async Task One_that_is_too_short_or_too_long_is_refused(string deployment, double seconds, string why)
    {
        var refused = await TranscribeAsync(deployment, Note(seconds));

        Assert.Equal((400, "invalid_value", null), (refused.Status, refused.Error("code"), refused.Error("param")));
        Assert.Contains(why, refused.Error("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/openai/deployments/nowhere/audio/transcriptions", Preview, 404, "DeploymentNotFound")]
    [InlineData("/openai/deployments/whisper/audio/transcriptions", Preview, 410, "ModelRetired")]
    [InlineData("/openai/deployments/transcription/audio/transcriptions", "2024-10-21", 404, "404")]
    [InlineData("/openai/deployments/transcription/audio/transcriptions", "", 404, "404")]
    [InlineData("/openai/deployments/transcription/audio/translations", Preview, 404, "404")]
    [InlineData("/openai/v1/audio/transcriptions", "", 404, "DeploymentNotFound")]
    public async Task What_is_not_there_is_not_found(string path, string apiVersion, int status, string code)
    {
        var refused = await PostAsync(path, apiVersion, Note(1), "voice.ogg", []);

        Assert.Equal((status, code), (refused.Status, refused.Error("code")));
    }

    [Fact]
    public async Task A_transcript_longer_than_a_page_is_read_whole()
    {
        var long_ = string.Join(' ', Enumerable.Repeat("buy milk 🥛 and bread", 5000));

        Assert.Equal(long_, (await TranscribeAsync("transcription", OggOpusWriter.Write(long_, TimeSpan.FromSeconds(1)))).Json.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_real_recording_is_refused_in_plain_words()
    {
        var refused = await TranscribeAsync("transcription", OggOpusWriter.Write(null, TimeSpan.FromSeconds(1)));

        Assert.Equal(400, refused.Status);
        Assert.Contains("No transcriber is configured", refused.Error("message"), StringComparison.Ordinal);
        Assert.Equal(0, simulator.Billed.TranscriptionCalls);
    }

    [Fact]
    public async Task A_scripted_transcript_stands_in_for_any_recording()
    {
        using var script = simulator.RespondTranscription(request => request.Audio is [1, 2, 3], "hello");

        Assert.Equal("hello", (await TranscribeAsync("transcription", [1, 2, 3])).Json.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("voice.opus")]
    [InlineData("voice.amr")]
    [InlineData("voice")]
    public async Task The_file_name_decides_whether_it_is_taken(string name)
    {
        var refused = await PostAsync("/openai/deployments/transcription/audio/transcriptions", Preview, Note(1), name, []);

        Assert.Equal((400, "unsupported_value", null), (refused.Status, refused.Error("code"), refused.Error("param")));
        Assert.Contains("Supported formats", refused.Error("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        var damaged = Note(1);
        // The first packet begins behind a header of 28 bytes.
        damaged[28] ^= 0xFF;

        var refused = await TranscribeAsync("transcription", damaged);

        Assert.Equal((400, "invalid_value", "file"), (refused.Status, refused.Error("code"), refused.Error("param")));
        Assert.Equal(413, (await TranscribeAsync("transcription", new byte[26 * 1024 * 1024])).Status);
    }

    [Fact]
    public async Task A_fault_hits_it_like_any_operation()
    {
        simulator.Faults.Add(Fault.Status("transcription", 503).Once());

        Assert.Equal(503, (await TranscribeAsync("transcription", Note(1))).Status);
    }

    private static byte[] Note(double seconds) => OggOpusWriter.Write(Said, TimeSpan.FromSeconds(seconds));

    private Task<Heard> TranscribeAsync(string deployment, byte[] audio, params (string Name, string Value)[] fields) =>
        PostAsync($"/openai/deployments/{deployment}/audio/transcriptions", Preview, audio, "voice.ogg", fields);

    private async Task<Heard> PostAsync(string path, string apiVersion, byte[] audio, string name, (string Name, string Value)[] fields)
    {
        using var http = new HttpClient { BaseAddress = new Uri(simulator.BaseUrl) };
        http.DefaultRequestHeaders.Add("api-key", new AzureOpenAISimulatorOptions().ApiKey);
        using var form = new MultipartFormDataContent();
        foreach (var field in fields)
            form.Add(new StringContent(field.Value), $"\"{field.Name}\"");
        form.Add(new ByteArrayContent(audio), "file", name);
        using var answer = await http.PostAsync($"{path}?api-version={apiVersion}", form, TestContext.Current.CancellationToken);
        return new Heard((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }

    private sealed record Heard(int Status, JsonElement Json)
    {
        public string? Error(string name) => Json.GetProperty("error").TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
