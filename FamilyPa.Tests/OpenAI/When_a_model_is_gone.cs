using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Limits;

namespace FamilyPa.Tests.OpenAI;

public sealed class When_a_model_is_gone(When_a_model_is_gone.OrphanedApp app) : AppTest<When_a_model_is_gone.OrphanedApp>(app)
{
    private const string Transcription = "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT";
    private const string Chat = "AZURE_OPENAI_CHAT_DEPLOYMENT";

    [Theory]
    [InlineData(Transcription, "whisper", "ai_http_410", "transcribe", "transcription")]
    [InlineData(Chat, "nowhere", "ai_http_404", "extract", "chat")]
    public async Task Its_messages_wait_without_losing_a_try_and_are_done_once_another_is_named(
        string setting, string gone, string code, string phase, string dependency)
    {
        await App.RestartAsync(settings => settings[setting] = gone);
        var phones = await Task.WhenAll(App.AddFamilyAsync(), App.AddFamilyAsync());
        var sids = new List<string>();
        foreach (var phone in phones)
        {
            var note = new InboundMedia("audio/ogg", OggOpusWriter.Write("feed the parrot", TimeSpan.FromSeconds(2)));
            sids.Add((await App.Twilio.SendInboundAsync(new InboundMessage { From = $"whatsapp:{phone}", Body = "", Media = [note] }, Cancellation)).MessageSid);
        }

        foreach (var sid in sids)
            Assert.Equal(("breaker_open", 0), (await App.WaitForJobAsync(sid, "deferred")) is { } job ? (job.Reason, job.RetryCount) : default);
        // The first one found it out for all.
        Assert.Equal("open", await App.Database.ScalarAsync<string>("select case state when 'half_open' then 'open' else state end from breakers where dependency = $1", dependency));
        await App.WaitForAsync(
            () => Task.FromResult(App.Log), log => log.Contains($"Deployment {gone} does not exist or its model is retired: {code}", StringComparison.Ordinal), "the error");
        // Probes find out the same, and cost nothing either.
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<int>("select openings from breakers where dependency = $1", dependency), openings => openings >= 2, "a probe");

        await App.RestartAsync(settings => settings[setting] = dependency);

        foreach (var sid in sids)
        {
            Assert.Equal(0, (await App.WaitForJobAsync(sid, "done")).RetryCount);
            Assert.Equal(1, await App.CountAsync("tasks", sid));
            Assert.All(await App.AttemptsAsync(sid), attempt => Assert.True(attempt.EndsWith("succeeded", StringComparison.Ordinal) || attempt == $"{phase} deferred {code}", attempt));
        }
    }

    public sealed class OrphanedApp(TestEnvironment environment) : LimitedApp(environment);
}
