using System.Text.RegularExpressions;
using FamilyPa.FailPoints;

namespace FamilyPa.Bench.Crashes;

/// <summary>A point at which the matrix kills the app.</summary>
/// <param name="What">The effect before or after the point.</param>
internal sealed partial record CrashPoint(Scenario Scenario, string Function, int Ordinal, string What)
{
    /// <summary>For example <c>Finalize:5</c>, or <c>failing/Extract:7</c> in a scenario other than the first.</summary>
    public string Name => $"{Scenario.Prefix}{At}";

    /// <summary>The app's name of the point.</summary>
    public string At => $"{Function}:{Ordinal}";

    /// <summary>Whether the point is reached regardless of the messages.</summary>
    public bool IsIndependent => Function == "Retention";

    /// <param name="pattern">The name of a point, a function or a scenario; case-insensitive.</param>
    public bool Fits(string pattern) =>
        new[] { Name, Function, Scenario.Name }.Contains(pattern, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The points that every run of a scenario reached. The function's path identifies a point: points whose path an earlier scenario has are
    /// skipped, and of a loop only the first pass counts.
    /// </summary>
    /// <param name="seen">Paths to the points of earlier scenarios; new ones are added.</param>
    public static List<CrashPoint> Of(Scenario scenario, IReadOnlyList<IEnumerable<Reached>> looks, HashSet<string> seen)
    {
        var ways = looks.Select(look => Ways(scenario, look).ToList()).ToList();
        var points = new Dictionary<string, CrashPoint>();
        foreach (var (path, point) in ways[0])
            if (!seen.Contains(path) && ways.TrueForAll(way => way.Exists(other => other.Path == path)) && points.TryAdd(point.At, point))
                seen.Add(path);
        return [.. points.Values.OrderBy(point => point.Function, StringComparer.Ordinal).ThenBy(point => point.Ordinal)];
    }

    private static IEnumerable<(string Path, CrashPoint Point)> Ways(Scenario scenario, IEnumerable<Reached> reached)
    {
        foreach (var call in reached.Where(IsOurs).GroupBy(point => point.Call))
        {
            var path = $"{call.First().Function} > ";
            foreach (var point in call.OrderBy(point => point.Ordinal))
            {
                var step = $"{AnyQueue().Replace(point.What, "/messages")} > ";
                var isLoop = path.Contains($" > {step}", StringComparison.Ordinal);
                path += step;
                if (!isLoop)
                    yield return (path, new CrashPoint(scenario, point.Function, point.Ordinal, point.What));
            }
        }
    }

    /// <summary>Excludes health checks, which process no message.</summary>
    private static bool IsOurs(Reached point) => !point.Function.StartsWith("Health", StringComparison.Ordinal);

    /// <summary>Points that differ only in the queue's name are the same.</summary>
    [GeneratedRegex("/[a-z-]+/messages$")]
    private static partial Regex AnyQueue();
}
