using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_an_operator_disables_a_phase(When_an_operator_disables_a_phase.SilentApp app) : AppTest<When_an_operator_disables_a_phase.SilentApp>(app)
{
    [Fact]
    public async Task Its_messages_wait_in_its_queue()
    {
        var sid = await App.TextAsync("buy milk");

        await App.WaitForAsync(
            async () => (await App.Storage.Queue("finalize").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, count => count == 1, "the message in the queue");
        Assert.Equal("finalizing", (await App.JobAsync(sid))!.Status);
        Assert.Equal(0, await App.CountAsync("outbound_messages", sid));
    }

    public sealed class SilentApp(TestEnvironment environment) : FastApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            DisabledFunctions.Set(settings, "Finalize");
        }
    }
}
