using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_timer_ticks
{
    private readonly ConcurrentQueue<TimerInfo> ticks = new();

    [Fact]
    public async Task The_function_is_called_again_and_again()
    {
        await using var functions = await Start<EverySecond>();

        await Wait.Until(() => ticks.Count >= 2);
    }

    [Fact]
    public async Task More_often_than_once_a_minute_means_no_schedule_status()
    {
        await using var functions = await Start<EverySecond>();

        await Wait.Until(() => !ticks.IsEmpty);
        Assert.All(ticks, tick => Assert.Null(tick.ScheduleStatus));
        Assert.All(ticks, tick => Assert.False(tick.IsPastDue));
    }

    [Fact]
    public async Task It_may_run_at_the_start_and_then_knows_its_schedule()
    {
        await using var functions = await Start<AtStart>();

        await Wait.Until(() => !ticks.IsEmpty);
        Assert.NotNull(ticks.Single().ScheduleStatus);
    }

    [Fact]
    public async Task Without_monitor_there_is_no_schedule_status()
    {
        await using var functions = await Start<Unmonitored>();

        await Wait.Until(() => !ticks.IsEmpty);
        Assert.Null(ticks.Single().ScheduleStatus);
    }

    [Fact]
    public async Task The_schedule_may_be_a_setting()
    {
        await using var functions = await LocalFunctions.StartAsync<BySetting>(builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("Tick_Schedule", "* * * * * *")]);
            builder.Services.AddSingleton(ticks);
        });

        await Wait.Until(() => !ticks.IsEmpty);
    }

    [Fact]
    public async Task A_failure_is_logged_and_the_next_tick_comes()
    {
        await using var functions = await Start<Throwing>();

        await Wait.Until(() => ticks.Count >= 2);
        Assert.Contains(functions.Log, line => line.StartsWith("Information Function.Throwing: Executing 'Functions.Throwing' (Reason='Timer fired at 20", StringComparison.Ordinal));
        Assert.Contains(functions.Log, line => line.StartsWith("Error Function.Throwing: Executed 'Functions.Throwing' (Failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ticks_of_one_timer_never_overlap_and_a_late_one_follows_at_once()
    {
        var watch = new Overlap();
        await using var functions = await LocalFunctions.StartAsync<Slow>(builder => builder.Services.AddSingleton(watch));

        await Wait.Until(() => watch.Calls >= 3);
        Assert.Equal(1, watch.MostAtOnce);
    }

    [Fact]
    public async Task The_end_of_the_host_cancels_its_token()
    {
        var watch = new Overlap();
        var functions = await LocalFunctions.StartAsync<Endless>(builder => builder.Services.AddSingleton(watch));
        await Wait.Until(() => watch.Calls == 1);

        await functions.DisposeAsync();

        Assert.True(watch.WasCancelled);
    }

    [Fact]
    public async Task It_can_be_run_by_hand_with_the_key()
    {
        await using var functions = await LocalFunctions.StartAsync<Nightly>(builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("FUNCTIONS_RUNTIME_KEY", "the-key")]);
            builder.Services.AddSingleton(ticks);
        });

        Assert.Equal(HttpStatusCode.Unauthorized, await RunAsync(functions, "/admin/functions/Nightly"));
        Assert.Equal(HttpStatusCode.NotFound, await RunAsync(functions, "/admin/functions/Daily?code=the-key"));
        using (var empty = await functions.Client.PostAsync("/admin/functions/Nightly?code=the-key", null, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, empty.StatusCode);
        Assert.Empty(ticks);

        Assert.Equal(HttpStatusCode.Accepted, await RunAsync(functions, "/admin/functions/nightly?code=the-key"));
        await Wait.Until(() => ticks.Count == 1);
    }

    [Fact]
    public async Task A_disabled_one_does_not_tick_and_can_still_be_run_by_hand()
    {
        await using var functions = await LocalFunctions.StartAsync<AtStart>(builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("FUNCTIONS_RUNTIME_KEY", "the-key"), new("AzureWebJobs.AtStart.Disabled", "true")]);
            builder.Services.AddSingleton(ticks);
        });

        Assert.Equal(HttpStatusCode.Accepted, await RunAsync(functions, "/admin/functions/AtStart?code=the-key"));
        await Wait.Until(() => !ticks.IsEmpty);

        Assert.Single(ticks);
    }

    private static async Task<HttpStatusCode> RunAsync(LocalFunctions functions, string path)
    {
        using var response = await functions.Client.PostAsync(path, JsonContent.Create(new { input = "" }), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private Task<LocalFunctions> Start<T>() => LocalFunctions.StartAsync<T>(builder => builder.Services.AddSingleton(ticks));

    public class EverySecond(ConcurrentQueue<TimerInfo> ticks)
    {
        [Function("EverySecond")]
        public void Run([TimerTrigger("* * * * * *")] TimerInfo timer) => ticks.Enqueue(timer);
    }

    public class AtStart(ConcurrentQueue<TimerInfo> ticks)
    {
        [Function("AtStart")]
        public void Run([TimerTrigger("0 0 3 * * *", RunOnStartup = true)] TimerInfo timer) => ticks.Enqueue(timer);
    }

    public class Nightly(ConcurrentQueue<TimerInfo> ticks)
    {
        [Function("Nightly")]
        public void Run([TimerTrigger("0 0 3 * * *")] TimerInfo timer) => ticks.Enqueue(timer);
    }

    public class Unmonitored(ConcurrentQueue<TimerInfo> ticks)
    {
        [Function("Unmonitored")]
        public void Run([TimerTrigger("0 0 3 * * *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) => ticks.Enqueue(timer);
    }

    public class BySetting(ConcurrentQueue<TimerInfo> ticks)
    {
        [Function("BySetting")]
        public void Run([TimerTrigger("%Tick_Schedule%")] TimerInfo timer) => ticks.Enqueue(timer);
    }

    public class Throwing(ConcurrentQueue<TimerInfo> ticks)
    {
        [Function("Throwing")]
        public void Run([TimerTrigger("* * * * * *")] TimerInfo timer)
        {
            ticks.Enqueue(timer);
            throw new InvalidOperationException("boom");
        }
    }

    public class Slow(Overlap watch)
    {
        [Function("Slow")]
        public Task Run([TimerTrigger("* * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
            watch.Call(TimeSpan.FromSeconds(1.5), cancellationToken);
    }

    public class Endless(Overlap watch)
    {
        [Function("Endless")]
        public Task Run([TimerTrigger("0 0 3 * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
            watch.Call(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    public sealed class Overlap
    {
        private int calls;
        private int running;

        public int Calls => calls;

        public int MostAtOnce { get; private set; }

        public bool WasCancelled { get; private set; }

        public async Task Call(TimeSpan duration, CancellationToken cancellationToken)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref running));
            Interlocked.Increment(ref calls);
            try
            {
                await Task.Delay(duration, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                WasCancelled = true;
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        }
    }
}
