using System.Net;
using FamilyPa.Local;
using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;
using FunctionsHost;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_worker_dies(TestEnvironment environment)
{
    [Fact]
    public async Task A_request_in_flight_fails_and_the_next_worker_answers()
    {
        await using var host = await ProbeHost.StartAsync(environment, []);
        var (_, first) = await host.ReadAsync("/process-id");

        using var died = await host.Client.PostAsync("/die", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, died.StatusCode);
        await host.WaitUntilAsync(async () => await host.ReadAsync("/process-id") is (HttpStatusCode.OK, var second) && second != first);
    }

    [Fact]
    public async Task A_message_in_flight_comes_back_with_a_dequeue_spent()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Text"], new() { ["visibilityTimeout"] = "00:00:01" });
        await host.SendAsync("text", "wait-once");
        await host.WaitForCallAsync("begin wait-once 1");

        using var died = await host.Client.PostAsync("/die", null, TestContext.Current.CancellationToken);

        await host.WaitForCallAsync("end wait-once 2");
        await host.WaitUntilEmptyAsync("text");
    }

    [Fact]
    public async Task Messages_keep_their_tries_until_the_next_one_is_there()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host watches its workers itself.");
        await using var host = await ProbeHost.StartAsync(
            environment, ["Text"], new() { ["visibilityTimeout"] = "00:00:00" },
            localHost: options => options with { Start = async command => new LateExit(await options.Start(command)) });
        await host.SendAsync("text", "wait-once");
        await host.WaitForCallAsync("begin wait-once 1");

        using var died = await host.Client.PostAsync("/die", null, TestContext.Current.CancellationToken);

        await host.WaitForCallAsync("end wait-once 2");
    }

    [Theory]
    [InlineData("die", "ended with code")]
    [InlineData("hang", "within 3 s")]
    public async Task A_failed_start_reports_the_reason(string how, string reason)
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host goes on without functions.");

        var exception = await Assert.ThrowsAsync<LocalRunException>(() => ProbeHost.StartAsync(environment, [], settings: new() { ["PROBE_START"] = how }));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        if (how == "die")
            Assert.Contains("The probe was told to die.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_lost_the_race_for_its_port_is_started_again()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host restarts by its own rules.");
        await using var host = await ProbeHost.StartAsync(environment, [], settings: new() { ["PROBE_START"] = "lose-port,lose-port,run" });

        Assert.Equal(HttpStatusCode.OK, (await host.ReadAsync("/process-id")).Status);
    }

    [Fact]
    public async Task One_that_hangs_is_killed_and_the_next_one_answers()
    {
        Assert.SkipWhen(PlatformHost.IsUsed || OperatingSystem.IsWindows(), "The platform's host waits for functionTimeout, and Windows suspends no process.");
        await using var host = await ProbeHost.StartAsync(environment, [], localHost: options => options with { HangTimeout = TimeSpan.FromSeconds(2) });
        var (_, first) = await host.ReadAsync("/process-id");

        // A client may have its answer before the host knows that the call has ended.
        await host.WaitForLineAsync("Executed 'Functions.ProcessId' (Succeeded");
        Signals.Pause(host.Process.ProcessId, true);

        await host.WaitForLineAsync("The worker did not answer for 2 s and is killed");
        await host.WaitUntilAsync(async () => await host.ReadAsync("/process-id") is (HttpStatusCode.OK, var second) && second != first);
    }

    [Theory]
    [InlineData("run,die,die,run", false)]
    [InlineData("run", true)]
    public async Task Neither_failed_restarts_nor_failing_callbacks_are_the_end(string starts, bool callbacksThrow)
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host restarts by its own rules.");
        await using var host = await ProbeHost.StartAsync(
            environment, [], settings: new() { ["PROBE_START"] = starts }, onCallback: () => { if (callbacksThrow) throw new InvalidOperationException("A callback fails."); });
        var (_, first) = await host.ReadAsync("/process-id");

        using var died = await host.Client.PostAsync("/die", null, TestContext.Current.CancellationToken);

        await host.WaitUntilAsync(async () => await host.ReadAsync("/process-id") is (HttpStatusCode.OK, var second) && second != first);
    }

    /// <summary>A process whose end is noticed long after its stream has ended.</summary>
    private sealed class LateExit(IWorkerProcess process) : IWorkerProcess
    {
        public int Id => process.Id;

        public Task<int> Exited { get; } = Task.Run(async () =>
        {
            var code = await process.Exited;
            await Task.Delay(TimeSpan.FromSeconds(1));
            return code;
        });

        public Task KillAsync() => process.KillAsync();

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
