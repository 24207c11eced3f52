using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Limits;
using FamilyPa.Tests.Media;

namespace FamilyPa.Tests.Transcription;

public sealed class When_the_fallback_model_listens(When_the_fallback_model_listens.FallbackApp app) : AppTest<When_the_fallback_model_listens.FallbackApp>(app)
{
    [Fact]
    public async Task It_is_asked_in_its_own_way_and_charged_by_tokens()
    {
        App.OpenAI.Reset();

        var sid = await SendAsync(OggOpusWriter.Write("acheter du lait demain", TimeSpan.FromSeconds(7)));

        await App.WaitForJobAsync(sid, "done");
        var asked = Assert.Single(App.OpenAI.Requests, request => request.Operation == "transcription");
        Assert.Equal(("en", "Robin", "json"), (asked.Fields["language"], asked.Fields["prompt"], asked.Fields["response_format"]));
        Assert.Equal(["file", "language", "model", "prompt", "response_format"], asked.Fields.Keys.Order(StringComparer.Ordinal));
        var billed = App.OpenAI.Billed;
        Assert.Equal(
            ((billed.AudioTokens * 3m) + (billed.PromptTextTokens * 1.25m) + (billed.TranscriptTokens * 5m)) / 1_000_000m,
            await App.Database.ScalarAsync<decimal>("select cost_usd from ai_usage where message_sid = $1 and phase = 'transcribe'", sid));
        Assert.Equal("fr", await App.Database.ScalarAsync<string>("select language from voice_transcriptions where message_sid = $1", sid));
    }

    [Fact]
    public async Task What_it_invents_for_silence_is_not_what_somebody_said()
    {
        byte[][] notes = [OggOpusWriter.Write(" ", TimeSpan.FromSeconds(2)), Samples.Wav(2)];
        using var invented = App.OpenAI.RespondTranscription(request => request.Audio.SequenceEqual(notes[1]), "buy a yacht tomorrow");

        foreach (var note in notes)
            await RejectedAsync(note);
    }

    [Theory]
    [InlineData("Thanks for watching!")]
    [InlineData("Thank you so much for watching! See you next time.")]
    [InlineData("Thanks for watching, see you next time!")]
    [InlineData("Legendas pela comunidade Amara.org")]
    [InlineData("Sottotitoli creati dalla comunità Amara.org.")]
    [InlineData("Thank you.")]
    [InlineData("Vielen Dank, tschüss!")]
    [InlineData("İzlediğiniz için teşekkürler.")]
    [InlineData("IZLEDIGINIZ ICIN TESEKKÜR EDERIM! Abone olmayı unutmayın.")]
    [InlineData("Robin.")]
    [InlineData("[Music] ♪")]
    public async Task Nor_is_what_it_invents_for_noise(string invented)
    {
        var noise = OggOpusWriter.Write(invented, TimeSpan.FromSeconds(2));

        await RejectedAsync(noise);
    }

    [Theory]
    [InlineData("Thank you, and buy milk")]
    [InlineData("Bye bye Ben, call grandma tomorrow")]
    public async Task What_somebody_says_beside_it_is_heard(string said)
    {
        var sid = await SendAsync(OggOpusWriter.Write(said, TimeSpan.FromSeconds(2)));

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(said, await App.Database.ScalarAsync<string>("select transcript from voice_transcriptions where message_sid = $1", sid));
    }

    private async Task RejectedAsync(byte[] note)
    {
        var sid = await SendAsync(note);
        Assert.Equal("no_speech", (await App.WaitForJobAsync(sid, "rejected")).Reason);
        Assert.Equal(0, await App.CountAsync("tasks", sid));
        Assert.StartsWith(
            "I couldn't hear anybody speak", await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid), StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(byte[] note)
    {
        var message = new InboundMessage { From = $"whatsapp:{await App.AddFamilyAsync()}", Body = "", Media = [new InboundMedia("audio/ogg", note)] };
        return (await App.Twilio.SendInboundAsync(message, Cancellation)).MessageSid;
    }

    public sealed class FallbackApp(TestEnvironment environment) : LimitedApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"] = "transcription-fallback";
            settings["AZURE_OPENAI_TRANSCRIPTION_SHAPE"] = "gpt-4o-transcribe";
        }
    }
}
