using System.Diagnostics;
using FamilyPa.Local.App;
using Xunit.Sdk;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>
    /// Twice as long as the sweeper waits, who mends what a busy machine has lost. The platform's host lets it go on only a minute after a kill, when the lease
    /// of its timer is over.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(PlatformHost.IsUsed ? 180 : 60);

    private static readonly string[] Terminal = ["done", "rejected", "failed"];

    /// <summary>Waits until a message's job has ended, or has come to one of the statuses given.</summary>
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

    /// <summary>Looks again and again until a condition holds. A failure says what was there last, and what the app wrote.</summary>
    public async Task<T> WaitForAsync<T>(Func<Task<T>> look, Func<T, bool> holds, string what, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        // Quickly at first, for most is there soon; to look all the time would take the processors from what is waited for.
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

    /// <summary>A test failure that brings the end of the app's log along.</summary>
    public XunitException Failure(string message) =>
        new($"{message}{Environment.NewLine}--- the app's log ---{Environment.NewLine}{instance?.Process?.Output.Last(60)}");
}

public sealed record JobRow(string Status, string? Reason, string Phase, int Generation, int RetryCount, string? ErrorCode, string? ErrorMessage);
