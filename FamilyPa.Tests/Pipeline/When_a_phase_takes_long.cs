using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_a_phase_takes_long(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Renewing_its_lease_never_ends_in_a_deadlock_with_who_else_locks_the_job_and_then_its_slot()
    {
        // Shorter than the app waits for an answer, and longer than a third of the lease.
        using var slow = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(3.5)).OnlyFor("tortoise"));
        var sid = await App.TextAsync("buy a tortoise");
        await slow.WaitForHitsAsync(1, FamilyPaApp.Patience);
        await using var connection = await App.Database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await ExecuteAsync("select from processing_jobs where message_sid = $1 for update");
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and usename = $1 and wait_event_type = 'Lock')", TestDatabase.AppRole),
            waits => waits, "the renewal to wait for the job");

        await ExecuteAsync("update job_slots set leased_until = leased_until where job_id = (select id from processing_jobs where message_sid = $1)");
        await transaction.CommitAsync(Cancellation);

        await App.WaitForJobAsync(sid, "done");
        Assert.DoesNotContain("not renewed", App.Log, StringComparison.Ordinal);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection, transaction) { Parameters = { new() { Value = sid } } };
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }
}
