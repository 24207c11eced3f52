using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>
/// What a killed run left in postmaster.pid: either a server that still holds the data, or a number that by now belongs to
/// somebody else and would make PostgreSQL refuse to start.
/// </summary>
internal static class PostgresLeftover
{
    public static async Task CleanUpAsync(string dataFolder, Action<string>? progress)
    {
        var pidFile = Path.Combine(dataFolder, "postmaster.pid");
        if (!File.Exists(pidFile))
            return;
        var lines = await File.ReadAllLinesAsync(pidFile);
        using var process = Find(lines);
        if (process is not null)
        {
            progress?.Invoke($"stopping the database an earlier run left behind (process {process.Id})");
            Signals.Send(process.Id, Signal.Interrupt);
            if (!await EndsAsync(process, TimeSpan.FromSeconds(5)))
            {
                Signals.Send(process.Id, Signal.Kill);
                await EndsAsync(process, TimeSpan.FromSeconds(5));
            }
        }

        File.Delete(pidFile);
    }

    /// <summary>The file holds the process id in its first line and the time of the start, in Unix seconds, in its third.</summary>
    private static Process? Find(string[] lines)
    {
        if (lines.Length < 3 || !int.TryParse(lines[0], out var id) || !long.TryParse(lines[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var startedAt))
            return null;
        try
        {
            var process = Process.GetProcessById(id);
            var distance = process.StartTime.ToUniversalTime() - DateTimeOffset.FromUnixTimeSeconds(startedAt).UtcDateTime;
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) && distance.Duration() < TimeSpan.FromSeconds(5) ? process : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    private static async Task<bool> EndsAsync(Process process, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
