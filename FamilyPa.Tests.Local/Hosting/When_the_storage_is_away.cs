using Azure.Storage.Queues;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_the_storage_is_away(TestEnvironment environment)
{
    [Fact]
    public async Task Longer_than_the_listener_tries_the_host_lives_on_and_listens_again()
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
        await host.WaitForLineAsync("The queue listener gave up and is started again");
        await host.SendAsync("text", "after");
        proxy.PassOn();

        await host.WaitForCallAsync("end after 1");
    }
}
