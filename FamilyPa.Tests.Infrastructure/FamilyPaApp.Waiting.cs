using System.Diagnostics;
using FamilyPa.Local.App;
using Xunit.Sdk;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>
    /// Twice the sweeper's interval, which recovers work that a busy machine has lost. After a kill, the platform's host runs the timer only when its lease
    /// has expired after a minute.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(PlatformHost.IsUsed ? 180 : 60);

    private static readonly string[] Terminal = ["done", "rejected", "failed"];

    /// <summary>Waits for a terminal status, or for one of the given statuses.</summary>
    public Task<JobRow> WaitForJobAsync(string messageSid, params string[] statuses) =>
        WaitForAsync(
            () => JobAsync(messageSid),
            job => job is not null && (statuses.Length > 0 ? statuses : Terminal).Contains(job.Status),
            $"job {messageSid} to become {string.Join(" or ", statuses.Length > 0 ? statuses : Terminal)}")!;

    /// <summary>Null while there is no job.</summary>
    public async Task<JobRow?> JobAsync(string messageSid)
    {
        var rows = await Database.RowsAsync(
            "select status, status_reason, current_phase, generation, retry_count, error_code, error_message from processing_jobs where message_sid = $1", messageSid);
        return rows is [var row]
            ? new JobRow(
                (string)row["status"]!, (string?)row["status_reason"], (string)row["current_phase"]!, (int)row["generation"]!,
                (int)row["retry_count"]!, (string?)row["error_code"], (string?)row["error_message"])
            : null;
    }

    /// <summary>Polls until a condition holds. The failure message has the last value and the app's log.</summary>
    public async Task<T> WaitForAsync<T>(Func<Task<T>> look, Func<T, bool> holds, string what, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        // Poll quickly at first. Constant polling would take CPU from the app.
        for (var pause = 20; ; pause = Math.Min(pause * 3 / 2, 100))
        {
            var seen = await look();
            if (holds(seen))
                return seen;
            if (clock.Elapsed > (patience ?? Patience))
                throw Failure($"Waited {clock.Elapsed.TotalSeconds:0} s for {what}. Last seen: {seen?.ToString() ?? "nothing"}");
            await Task.Delay(pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A test failure with the end of the app's log.</summary>
    public XunitException Failure(string message) =>
        new($"{message}{Environment.NewLine}--- the app's log ---{Environment.NewLine}{instance?.Process?.Output.Last(60)}");
}

public sealed record JobRow(string Status, string? Reason, string Phase, int Generation, int RetryCount, string? ErrorCode, string? ErrorMessage);
