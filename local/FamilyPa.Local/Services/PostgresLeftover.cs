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
        var record = Read(await File.ReadAllLinesAsync(pidFile));
        // Its name too: the times are too coarse to tell a server from what was started along with it.
        if (record?.Find() is { ProcessName: "postgres" } process)
        {
            progress?.Invoke($"stopping the database an earlier run left behind (process {process.Id})");
            await record.EndAsync(Signal.Interrupt);
        }

        File.Delete(pidFile);
    }

    /// <summary>The process id is in its first line; the time it came up, in whole Unix seconds, in its third.</summary>
    private static ProcessRecord? Read(string[] lines) =>
        lines.Length >= 3
        && int.TryParse(lines[0], out var id)
        && long.TryParse(lines[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out var startedAt)
            ? new ProcessRecord(id, DateTimeOffset.FromUnixTimeSeconds(startedAt).UtcDateTime) { Tolerance = TimeSpan.FromSeconds(10) }
            : null;
}
