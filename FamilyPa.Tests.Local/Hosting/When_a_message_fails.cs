using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_message_fails(TestEnvironment environment)
{
    [Fact]
    public async Task It_is_tried_again_after_the_visibility_timeout_and_the_others_go_on()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text"], new() { ["visibilityTimeout"] = "00:00:03", ["maxPollingInterval"] = "00:00:00.100" });

        await host.SendAsync("text", "fail-once");
        await host.WaitForCallAsync("begin fail-once 1");
        await host.SendAsync("text", "other");

        await host.WaitForCallAsync("end fail-once 2");
        Assert.Equal(["begin fail-once 1", "begin other 1", "end other 1", "begin fail-once 2", "end fail-once 2"], host.Calls);
        await host.WaitForLineAsync("Executed 'Functions.Text' (Failed, Id=");
        await host.WaitUntilEmptyAsync("text");
    }

    [Fact]
    public async Task After_the_last_try_it_is_moved_to_the_poison_queue_whose_function_gets_it()
    {
        await using var host = await ProbeHost.StartAsync(
            environment, ["Text", "TextPoison"], new() { ["maxDequeueCount"] = "3", ["visibilityTimeout"] = "00:00:00", ["maxPollingInterval"] = "00:00:00.100" });

        await host.SendAsync("text", "fail");

        await host.WaitForCallAsync("poisoned fail");
        Assert.Equal(["begin fail 1", "begin fail 2", "begin fail 3", "poisoned fail"], host.Calls);
        await host.WaitUntilEmptyAsync("text");
        await host.WaitUntilEmptyAsync("text-poison");
    }

    [Fact]
    public async Task In_a_poison_queue_it_is_tried_again_after_the_delay_that_crash_runs_shorten()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "There it is hidden for ten minutes.");
        await using var host = await ProbeHost.StartAsync(environment, ["TextPoison"], localHost: options => options with { PoisonRetryDelay = TimeSpan.FromSeconds(1) });

        await host.SendAsync("text-poison", "twice");

        await host.WaitUntilEmptyAsync("text-poison");
        Assert.Equal(["poisoned twice", "poisoned twice"], host.Calls);
    }

    [Fact]
    public async Task One_that_was_dequeued_too_often_is_moved_without_a_call()
    {
        var storage = await environment.TakeStorageAccountAsync();
        var queue = storage.Queue("text");
        await queue.CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);
        await queue.SendMessageAsync("killer", TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            var message = (await queue.ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;
            await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, messageText: null, TimeSpan.Zero, TestContext.Current.CancellationToken);
        }

        await using var host = await ProbeHost.StartAsync(environment, ["Text", "TextPoison"], new() { ["maxDequeueCount"] = "2" }, storage: storage);

        await host.WaitForCallAsync("poisoned killer");
        Assert.Single(host.Calls);
    }
}
