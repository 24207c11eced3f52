using FamilyPa.Local.App;
using FamilyPa.Simulators.AppInsights;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Telemetry;

public sealed class When_telemetry_is_sent(TelemetryApp app) : AppTest<TelemetryApp>(app)
{
    [Fact]
    public async Task One_trace_goes_from_the_webhook_to_the_reply_across_all_queues()
    {
        var day = await App.DayAsync();
        await File.WriteAllTextAsync("/tmp/tele/received.txt", App.Received, Cancellation);
        await File.WriteAllTextAsync("/tmp/tele/log.txt", App.Log, Cancellation);
        Assert.NotEmpty(day.Items);
    }
}
