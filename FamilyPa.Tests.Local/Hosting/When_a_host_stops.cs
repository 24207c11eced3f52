using Azure.Storage.Queues.Models;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_host_stops(TestEnvironment environment)
{
    [Fact]
    public async Task The_token_is_cancelled_and_the_message_shows_again_with_a_dequeue_spent()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host, built for an older .NET, takes no notice of SIGTERM.");
        var host = await ProbeHost.StartAsync(environment, ["Text"], new() { ["visibilityTimeout"] = "00:00:00" });
        await host.SendAsync("text", "wait");
        await host.WaitForCallAsync("begin wait 1");

        await host.Process.DisposeAsync();

        await host.WaitForCallAsync("cancelled wait 1");
        Assert.Equal(2, (await host.Queue("text").ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.DequeueCount);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Killed_it_gives_its_messages_back()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "What the platform's host has fetched stays hidden for ten minutes when it is killed.");
        var host = await ProbeHost.StartAsync(environment, ["Text"], new() { ["visibilityTimeout"] = "00:00:02" });
        await host.SendAsync("text", "wait");
        await host.WaitForCallAsync("begin wait 1");

        await host.Process.KillAsync();

        // It shows after the visibility timeout, when the host that failed it fetches no more.
        QueueMessage? message = null;
        await host.WaitUntilAsync(async () => (message = (await host.Queue("text").ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value) is not null);
        Assert.Equal(2, message!.DequeueCount);
        Assert.DoesNotContain("cancelled wait 1", host.Calls);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_function_that_hangs_is_not_waited_for_without_end()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host has limits of its own.");
        var host = await ProbeHost.StartAsync(environment, ["Hanging"], localHost: options => options with { StopTimeout = TimeSpan.FromSeconds(0.5) });
        await host.WaitForCallAsync("begin hang");

        await host.Process.DisposeAsync().AsTask().WaitAsync(FamilyPaApp.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["begin hang"], host.Calls);
        await host.DisposeAsync();
    }
}
