using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_message_arrives(TestEnvironment environment)
{
    [Fact]
    public async Task It_is_bound_as_the_function_asks_and_deleted()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text", "Whole"]);

        await host.SendAsync("text", "SM0123 <&> not Base64!");
        await host.SendAsync("whole", "Zoë 🥛");

        await host.WaitForCallAsync("end SM0123 <&> not Base64! 1");
        await host.WaitForCallAsync("Zoë 🥛 1 36");
        await host.WaitUntilEmptyAsync("text");
        await host.WaitUntilEmptyAsync("whole");
        await host.WaitForLineAsync("Executing 'Functions.Text' (Reason='New queue message detected on 'text'.', Id=");
        await host.WaitForLineAsync("Executed 'Functions.Text' (Succeeded, Id=");
    }

    [Fact]
    public async Task What_cannot_be_decoded_goes_straight_to_poison_as_it_came()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text"], new() { ["messageEncoding"] = "base64" });

        await host.SendAsync("text", "SM, not Base64!");
        await host.SendAsync("text", Convert.ToBase64String("after"u8));

        await host.WaitForCallAsync("end after 1");
        await host.WaitUntilEmptyAsync("text");
        Assert.Equal("SM, not Base64!", (await host.Queue("text-poison").ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.MessageText);
        Assert.DoesNotContain(host.Calls, call => call.Contains("SM,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_queue_is_waited_for_and_not_created()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text", "Whole"]);
        await host.Queue("text").DeleteAsync(TestContext.Current.CancellationToken);
        // By the time of the other function's call, the listener has polled several times.
        await host.SendAsync("whole", "x");
        await host.WaitForCallAsync("x 1 36");
        Assert.False(await host.Queue("text").ExistsAsync(TestContext.Current.CancellationToken));

        await host.Queue("text").CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await host.SendAsync("text", "late");

        await host.WaitForCallAsync("end late 1");
    }

    [Fact]
    public async Task No_more_run_at_once_than_batch_and_threshold_together()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text"], new() { ["batchSize"] = "2", ["newBatchThreshold"] = "1" });

        for (var i = 0; i < 6; i++)
            await host.SendAsync("text", $"second {i}");

        await host.WaitForAsync(calls => calls.Count(call => call.StartsWith("end", StringComparison.Ordinal)) == 6);
        var (running, most) = (0, 0);
        foreach (var call in host.Calls)
        {
            running += call.StartsWith("begin", StringComparison.Ordinal) ? 1 : -1;
            most = Math.Max(most, running);
        }

        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task A_disabled_function_leaves_it_in_the_queue()
    {
        await using (var host = await ProbeHost.StartAsync(environment, ["Whole"]))
        {
            await host.SendAsync("text", "waiting");
            await host.SendAsync("whole", "x");
            await host.WaitForCallAsync("x 1 36");

            Assert.Equal(1, (await host.Queue("text").ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.DequeueCount);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task One_that_the_app_itself_queued_is_found_when_it_shows(int seconds)
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text", "Relay"], new() { ["maxPollingInterval"] = "00:01:00" });
        // Without messages the listener polls only once a minute.
        await host.SendAsync("relay", $"{seconds}");

        await host.WaitForCallAsync("end relayed 1");
    }
}
