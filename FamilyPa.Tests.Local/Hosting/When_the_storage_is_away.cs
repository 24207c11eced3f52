using Azure.Storage.Queues;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_the_storage_is_away(TestEnvironment environment)
{
    [Fact]
    public async Task After_a_long_outage_the_host_restarts_the_listener()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host ends its process then, and Azure starts it again.");
        var storage = await environment.TakeStorageAccountAsync();
        var address = new QueueServiceClient(storage.ConnectionString).Uri;
        await using var proxy = new TcpProxy(address.Port);
        await using var host = await ProbeHost.StartAsync(
            environment, ["Text"], storage: storage, throughProxy: connection => connection.Replace($":{address.Port}/", $":{proxy.Port}/", StringComparison.Ordinal));
        await host.SendAsync("text", "before");
        await host.WaitForCallAsync("end before 1");

        proxy.Refuse();
        await host.WaitForLineAsync("Queue listener failed and is restarted");
        await host.SendAsync("text", "after");
        proxy.PassOn();

        await host.WaitForCallAsync("end after 1");
    }
}
