using System.Collections.Concurrent;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Limits;

public sealed class When_messages_take_turns(TestEnvironment environment) : IAsyncLifetime
{
    private const string Limits = "row('1 minute', 10, 8, 5, '15 minutes', '30 seconds', 16, 10, '10 seconds', '1 minute')::job_limits";

    private TestDatabase database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await environment.CreateDatabaseAsync();
        await DemoFamily.SeedAsync(database.AdminConnectionString, Cancellation);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Workers_that_hurry_end_each_in_its_turn_and_forget_none()
    {
        var sids = new List<string>();
        for (var n = 0; n < 60; n++)
            sids.Add(await StandAsync(n));
        var queue = new ConcurrentQueue<string>(sids.OrderBy(_ => Random.Shared.Next()));
        var ended = new ConcurrentQueue<string>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var connection = await database.OpenAsync();
            while (ended.Count < sids.Count)
            {
                if (!queue.TryDequeue(out var sid))
                {
                    await Task.Delay(1, Cancellation);
                    continue;
                }

                if (await ClaimAsync(connection, sid) == "claimed")
                {
                    // Before the end is committed, as a reply is sent before it.
                    ended.Enqueue(sid);
                    foreach (var next in await EndAsync(connection, sid))
                        queue.Enqueue(next);
                }
            }
        })).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(sids, ended);
    }

    [Fact]
    public async Task One_that_comes_while_the_one_before_it_ends_waits_for_that()
    {
        var (first, second) = (await StandAsync(0), await StandAsync(1));
        await using var ending = await database.OpenAsync();
        Assert.Equal("claimed", await ClaimAsync(ending, first));
        await using var transaction = await ending.BeginTransactionAsync(Cancellation);
        Assert.Empty(await EndAsync(ending, first));
        await using var other = await database.OpenAsync();

        var claim = ClaimAsync(other, second);

        Assert.True(await database.WaitForLockAsync(FamilyPaApp.Patience, other.ProcessID));
        Assert.False(claim.IsCompleted);
        await transaction.CommitAsync(Cancellation);
        Assert.Equal("claimed", await claim);
    }

    [Fact]
    public async Task One_that_is_claimed_by_hand_waits_for_nobody_and_one_that_is_replayed_holds_nobody_up()
    {
        var (first, second, third) = (await StandAsync(0), await StandAsync(1), await StandAsync(2));
        await using var connection = await database.OpenAsync();
        Assert.Equal("waits_for_earlier", await ClaimAsync(connection, third));
        Assert.Equal("claimed", await ClaimAsync(connection, second, generation: null));
        await EndAsync(connection, second);

        await database.RowsAsync("select * from replay_job($1, 'extract', false, 'operator', 'test')", first);

        Assert.Equal([third], (await database.RowsAsync($"select message_sid from dispatch_deferred({Limits}, false)")).Select(row => row["message_sid"]));
        Assert.Equal("claimed", await ClaimAsync(connection, third));
    }

    [Fact]
    public async Task What_was_typed_waits_for_a_recording_only_while_both_services_are_coming_back()
    {
        var (spoken, typed) = (await StandAsync(0), await StandAsync(1));
        await database.ExecuteAsync("update processing_jobs set status = 'extracting' where message_sid = $1", spoken);
        await database.ExecuteAsync("update processing_jobs set current_phase = 'transcribe' where message_sid = $1", spoken);
        await database.ExecuteAsync("select defer_job(j, 'breaker_open', now() + interval '1 minute', true) from processing_jobs j where message_sid = $1", spoken);
        await using var connection = await database.OpenAsync();

        await database.ExecuteAsync("update breakers set changed_at = now() where phase = 'extract'");
        Assert.Equal("waits_for_earlier", await ClaimAsync(connection, typed));

        await database.ExecuteAsync("update breakers set changed_at = now() - interval '6 minutes' where phase = 'extract'");
        Assert.Equal("claimed", await ClaimAsync(connection, typed));
    }

    [Theory]
    [InlineData("ordinary", null, null)]
    [InlineData("ordinary", "no_speech", "no_speech")]
    [InlineData("command_done", null, "command_done")]
    [InlineData("unsupported_location", null, "unsupported_location")]
    public async Task What_is_to_be_answered_is_the_same_after_the_wait(string classification, string? rejection, string? reason)
    {
        var (first, second) = (await StandAsync(0), await StandAsync(1));
        await database.ExecuteAsync("update inbound_messages set classification = $2 where message_sid = $1", second, classification);
        await database.ExecuteAsync("update processing_jobs set rejection = $2 where message_sid = $1", second, rejection);
        await using var connection = await database.OpenAsync();
        Assert.Equal("waits_for_earlier", await ClaimAsync(connection, second));
        Assert.Equal("waits_for_earlier", await ReasonAsync());
        Assert.Equal("claimed", await ClaimAsync(connection, first));

        Assert.Equal([second], await EndAsync(connection, first));

        Assert.Equal("claimed", await ClaimAsync(connection, second));
        Assert.Equal(reason, await ReasonAsync());

        Task<string?> ReasonAsync() => database.ScalarAsync<string?>("select status_reason from processing_jobs where message_sid = $1", second);
    }

    /// <summary>A message that stood in line and is understood now.</summary>
    private async Task<string> StandAsync(int second)
    {
        var sid = FamilyPaApp.NewSid();
        await database.ExecuteAsync(
            """
            with event as (
              insert into webhook_events (message_sid, family_id, raw_payload, size_bytes, received_at)
              values ($1, $2, '{}', 0, '2026-11-25T08:00Z'::timestamptz + $3 * interval '1 second') returning id),
            message as (
              insert into inbound_messages (provider, message_sid, family_id, user_id, from_address, to_address, body)
              select 'twilio', $1, $2, user_id, phone_e164, '+15550100000', 'buy milk' from family_members where family_id = $2 limit 1)
            insert into processing_jobs (webhook_event_id, message_sid, family_id, status, current_phase, keeps_position, received_at)
            select id, $1, $2, 'finalizing', 'finalize', true, '2026-11-25T08:00Z'::timestamptz + $3 * interval '1 second' from event
            """,
            sid, DemoFamily.FamilyId, second);
        return sid;
    }

    private static async Task<string> ClaimAsync(NpgsqlConnection connection, string sid, int? generation = 0)
    {
        await using var claim = new NpgsqlCommand($"select outcome from claim_job($1, 'finalize', $2, {Limits})", connection)
        {
            Parameters = { new() { Value = sid }, new() { Value = (object?)generation ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer } },
        };
        return (string)(await claim.ExecuteScalarAsync(Cancellation))!;
    }

    /// <summary>Ends the claimed job.</summary>
    /// <returns>Those that are asked for now.</returns>
    private static async Task<List<string>> EndAsync(NpgsqlConnection connection, string sid)
    {
        await using var end = new NpgsqlBatch(connection);
        end.BatchCommands.Add(new("select hold_lease(id, lease_token) from processing_jobs where message_sid = $1") { Parameters = { new() { Value = sid } } });
        var finish =
            $"""
            select e.message_sid
            from job_attempts a join processing_jobs j on j.id = a.job_id, lateral finish_job(a.id, 'done', true, null, {Limits}) e
            where j.message_sid = $1 and a.outcome = 'running'
            """;
        end.BatchCommands.Add(new(finish) { Parameters = { new() { Value = sid } } });
        List<string> asked = [];
        await using var reader = await end.ExecuteReaderAsync(Cancellation);
        await reader.NextResultAsync(Cancellation);
        while (await reader.ReadAsync(Cancellation))
            asked.Add(reader.GetString(0));
        return asked;
    }
}
