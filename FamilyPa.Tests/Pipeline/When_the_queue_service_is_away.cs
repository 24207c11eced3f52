using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_the_queue_service_is_away(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task A_message_is_still_acknowledged_and_sent_on_when_it_is_back()
    {
        await App.RestartAsync(settings => settings[AppSettings.Storage] = Nowhere(App.Storage.ConnectionString));
        var sid = await App.TextAsync("buy milk");
        Assert.Equal("received", (await App.JobAsync(sid))!.Status);

        await App.RestartAsync(settings => settings[AppSettings.Storage] = App.Storage.ConnectionString);

        // The sweeper comes by every 30 seconds.
        await App.WaitForAsync(() => App.JobAsync(sid), job => job!.Status == "done", "the swept message", TimeSpan.FromSeconds(60));
    }

    private static string Nowhere(string connectionString) => string.Join(';', connectionString.Split(';').Select(part =>
        part.StartsWith("QueueEndpoint=", StringComparison.Ordinal) ? $"QueueEndpoint=http://127.0.0.1:{LoopbackPort.Free()}/nowhere" : part));
}
