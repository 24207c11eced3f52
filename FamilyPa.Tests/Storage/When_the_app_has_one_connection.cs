using FamilyPa.Local.App;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Storage;

/// <summary>The pool that infra/ computes for the smallest database server.</summary>
public sealed class When_the_app_has_one_connection(When_the_app_has_one_connection.SmallApp app) : AppTest<When_the_app_has_one_connection.SmallApp>(app)
{
    [Fact]
    public async Task Texts_and_voice_notes_become_tasks_side_by_side()
    {
        var sent = await Task.WhenAll(Enumerable.Range(1, 9).Select(number => number % 3 == 0 ? SpeakAsync($"feed {number} cats") : App.TextAsync($"buy {number} apples")));

        foreach (var sid in sent)
        {
            await App.WaitForJobAsync(sid, "done");
            Assert.Equal(1, await App.CountAsync("tasks", sid));
        }
    }

    private async Task<string> SpeakAsync(string words)
    {
        var note = new InboundMedia("audio/ogg; codecs=opus", OggOpusWriter.Write(words, TimeSpan.FromSeconds(3)));
        return (await App.Twilio.SendInboundAsync(new InboundMessage { From = $"whatsapp:{DemoFamily.Owner.Phone}", Body = "", Media = [note] }, Cancellation)).MessageSid;
    }

    public sealed class SmallApp(TestEnvironment environment) : FastApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings[AppSettings.Postgres] += ";Maximum Pool Size=1";
        }
    }
}
