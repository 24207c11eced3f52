using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FamilyPa.Local.Processes;
using FamilyPa.Local.Services;
using Npgsql;

namespace FamilyPa.Tests.Local.LocalRun;

public sealed class When_a_run_was_killed
{
    private static readonly PostgresOptions Careless = new(Durable: false);

    [Fact]
    public async Task The_process_it_recorded_is_ended_by_the_next_start()
    {
        using var scratch = await ScratchFolder.CreateAsync();
        var record = Path.Combine(scratch.Path, "process.json");
        await using var orphan = await ChildProcess.StartAsync(new ChildStart("sleep", "60") { RecordFile = record });

        await using var next = await ChildProcess.StartAsync(new ChildStart("sleep", "60") { RecordFile = record });

        await orphan.Exited.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.False(next.Exited.IsCompleted);
    }

    [Fact]
    public async Task A_process_that_merely_got_its_number_is_left_alone()
    {
        using var scratch = await ScratchFolder.CreateAsync();
        var record = Path.Combine(scratch.Path, "process.json");
        await using var stranger = await ChildProcess.StartAsync(new ChildStart("sleep", "60"));
        await File.WriteAllTextAsync(record, JsonSerializer.Serialize(new ProcessRecord(stranger.Id, DateTime.UtcNow.AddHours(-1))), TestContext.Current.CancellationToken);

        await using var next = await ChildProcess.StartAsync(new ChildStart("sleep", "60") { RecordFile = record });

        Assert.False(stranger.Exited.IsCompleted);
    }

    [Fact]
    public async Task Its_database_server_is_ended_and_its_data_kept()
    {
        await NodePackages.EnsureAsync(cancellationToken: TestContext.Current.CancellationToken, forTests: true);
        using var scratch = await ScratchFolder.CreateAsync();
        await using var left = await PostgresServer.StartAsync(scratch.Path, Careless);
        await left.CreateDatabaseAsync("kept");

        await using var next = await PostgresServer.StartAsync(scratch.Path, Careless);

        Assert.True(left.Exited.IsCompleted);
        Assert.True(await ExistsAsync(next, "kept"));
    }

    [Fact]
    public async Task A_reused_process_id_in_its_pid_file_is_ignored()
    {
        await NodePackages.EnsureAsync(cancellationToken: TestContext.Current.CancellationToken, forTests: true);
        using var scratch = await ScratchFolder.CreateAsync();
        await using (var killed = await PostgresServer.StartAsync(scratch.Path, Careless))
        {
            await killed.CreateDatabaseAsync("kept");
            Process.GetProcessById(killed.ProcessId).Kill();
            await killed.Exited.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        // After a reboot another process may have the id, with the same start second.
        await using var stranger = await ChildProcess.StartAsync(new ChildStart("sleep", "60"));
        var pidFile = Path.Combine(scratch.Path, "data", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile, TestContext.Current.CancellationToken);
        lines[0] = stranger.Id.ToString(CultureInfo.InvariantCulture);
        lines[2] = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines, TestContext.Current.CancellationToken);

        await using var next = await PostgresServer.StartAsync(scratch.Path, Careless);

        Assert.False(stranger.Exited.IsCompleted);
        Assert.True(await ExistsAsync(next, "kept"));
    }

    [Fact]
    public async Task Its_scratch_folders_are_swept_and_those_of_living_runs_are_not()
    {
        using var mine = await ScratchFolder.CreateAsync();
        using var ended = Process.Start("true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var dead = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(mine.Path)!, $"{ended.Id}-1")).FullName;

        using var next = await ScratchFolder.CreateAsync();

        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(mine.Path));
    }

    private static async Task<bool> ExistsAsync(PostgresServer server, string database)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = database } } };
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is 1;
    }
}
