using Azure.Storage.Queues;
using FamilyPa.Core.Pipeline;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Tests.Pipeline;

/// <summary>The sweeper, where more messages wait for a phase than it gets done in time. Nobody is at work on them here.</summary>
public sealed class When_messages_wait_in_line(TestEnvironment environment) : IAsyncLifetime
{
    private TestDatabase database = null!;
    private StorageAccount storage = null!;
    private NpgsqlDataSource source = null!;

    public async ValueTask InitializeAsync()
    {
        database = await environment.CreateDatabaseAsync();
        storage = await environment.TakeStorageAccountAsync();
        source = NpgsqlDataSource.Create(database.AppConnectionString);
        await DemoFamily.SeedAsync(database.AdminConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task None_is_sent_again_while_all_are_there()
    {
        await WaitingAsync(60, "1 minute");
        await QueuedAsync(60);

        Assert.Equal(0, await SweepAsync());
        Assert.Equal(60, await CountAsync());
    }

    [Fact]
    public async Task All_that_are_overdue_are_sent_again_when_one_is_missing()
    {
        await WaitingAsync(60, "1 minute");
        await WaitingAsync(1, "1 second");
        await QueuedAsync(60);

        Assert.Equal(60, await SweepAsync());
    }

    [Fact]
    public async Task In_a_short_line_what_is_overdue_is_sent_again_whatever_the_queue_holds()
    {
        await WaitingAsync(2, "1 minute");
        await QueuedAsync(3);

        Assert.Equal(2, await SweepAsync());
    }

    [Fact]
    public async Task A_line_at_another_phase_says_nothing_of_this_one()
    {
        await WaitingAsync(60, "1 minute", "finalize");
        await QueuedAsync(60);

        Assert.Equal(60, await SweepAsync());
    }

    [Fact]
    public async Task One_whose_worker_died_is_sent_again_though_the_line_is_long()
    {
        await WaitingAsync(1, "1 minute");
        await database.ExecuteAsync("update processing_jobs set leased_until = now() - interval '1 second'");
        await WaitingAsync(60, "1 minute");
        await QueuedAsync(70);

        Assert.Equal(1, await SweepAsync());
    }

    [Fact]
    public async Task One_that_waits_for_very_long_is_sent_again_though_others_fill_the_queue()
    {
        await WaitingAsync(60, "1 minute");
        await WaitingAsync(1, "11 minutes");
        await QueuedAsync(70);

        Assert.Equal(1, await SweepAsync());
        Assert.Equal(0, await SweepAsync());
    }

    [Fact]
    public async Task A_queue_that_is_gone_holds_nothing()
    {
        await storage.Queue("extract").DeleteAsync(Cancellation);
        await WaitingAsync(1, "1 minute");

        Assert.Equal(1, await SweepAsync());
        Assert.Equal(1, await CountAsync());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<int> SweepAsync() => new Sweeper(
        new Database(source), new PhaseQueues(new QueueServiceClient(storage.ConnectionString)), Options.Create(new PipelineSettings()), NullLogger<Sweeper>.Instance)
        .SweepAsync(Cancellation);

    /// <summary>Jobs that were queued so long ago.</summary>
    private Task<int> WaitingAsync(int count, string since, string phase = "extract") => database.ExecuteAsync(
        """
        with events as (
          insert into webhook_events (message_sid, family_id, raw_payload, size_bytes, source)
          select 'SM' || md5(random()::text), $1, '{}', 0, 'webhook' from generate_series(1, $2) returning id, message_sid)
        insert into processing_jobs (webhook_event_id, message_sid, family_id, current_phase, queued_at)
        select id, message_sid, $1, $3, now() - $4::interval from events
        """,
        DemoFamily.FamilyId, count, phase, since);

    private async Task QueuedAsync(int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => storage.Queue("extract").SendMessageAsync($"SM{number:x32}", Cancellation)));

    private async Task<int> CountAsync() => (await storage.Queue("extract").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;
}
