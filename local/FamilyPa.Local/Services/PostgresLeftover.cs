using System.Globalization;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Services;

/// <summary>
/// Handles the postmaster.pid of a killed run. The server may still run on the data, or its process id may belong to another process,
/// which would keep PostgreSQL from starting.
/// </summary>
internal static class PostgresLeftover
{
    public static async Task CleanUpAsync(string dataFolder, Action<string>? progress)
    {
        var pidFile = Path.Combine(dataFolder, "postmaster.pid");
        if (!File.Exists(pidFile))
            return;
        var record = Read(await File.ReadAllLinesAsync(pidFile));
        // Compare the name too: start times are too coarse to exclude other processes of that run.
        if (record?.Find() is { ProcessName: "postgres" } process)
        {
            progress?.Invoke($"stopping the database an earlier run left behind (process {process.Id})");
            await record.EndAsync(Signal.Interrupt);
        }

        File.Delete(pidFile);
    }

    /// <summary>The first line is the process id, the third the start time in Unix seconds.</summary>
    private static ProcessRecord? Read(string[] lines) =>
        lines.Length >= 3
        && int.TryParse(lines[0], out var id)
        && long.TryParse(lines[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var startedAt)
            ? new ProcessRecord(id, DateTimeOffset.FromUnixTimeSeconds(startedAt).UtcDateTime) { Tolerance = TimeSpan.FromSeconds(10) }
            : null;
}
