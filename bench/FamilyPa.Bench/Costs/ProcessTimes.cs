using System.Globalization;

namespace FamilyPa.Bench.Costs;

/// <summary>Processor times from Linux's /proc.</summary>
internal static class ProcessTimes
{
    /// <summary>Linux reports times in hundredths of a second to programs.</summary>
    private const double MillisecondsPerTick = 10;

    /// <summary>Milliseconds of processor time of a process and its descendants, those that have ended included.</summary>
    public static double Of(int processId)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? TryRead(id) : null)
            .OfType<Stat>().ToLookup(stat => stat.Parent);
        return TryRead(processId) is { } root ? Sum(root) : 0;

        // Ended descendants of the children are part of the children's own sum.
        double Sum(Stat stat) => stat.Milliseconds + all[stat.Id].Sum(Sum);
    }

    /// <returns>Null when the process has ended.</returns>
    private static Stat? TryRead(int id)
    {
        try
        {
            // The name, in parentheses, may contain spaces and parentheses. The third field follows: state, parent, …, and from the 14th on four times.
            var fields = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return new Stat(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) * MillisecondsPerTick);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Stat(int Id, int Parent, double Milliseconds);
}
