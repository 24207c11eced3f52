using System.Text.RegularExpressions;
using FamilyPa.FailPoints;

namespace FamilyPa.Bench.Crashes;

/// <summary>Where a run of the matrix kills the app.</summary>
/// <param name="What">What comes next there or was just done.</param>
internal sealed partial record CrashPoint(Scenario Scenario, string Function, int Ordinal, string What)
{
    /// <summary>Such as <c>Finalize:5</c>, or <c>failing/Extract:7</c> in another scenario than the first.</summary>
    public string Name => $"{Scenario.Prefix}{At}";

    /// <summary>As the app knows it.</summary>
    public string At => $"{Function}:{Ordinal}";

    /// <summary>Whatever is sent, it is come to.</summary>
    public bool IsIndependent => Function == "Retention";

    /// <param name="pattern">A point's name, a function's, or a scenario's; upper or lower case.</param>
    public bool Fits(string pattern) =>
        new[] { Name, Function, Scenario.Name }.Contains(pattern, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The points that a scenario came to each time it was looked at; what happened only once may not happen again. What a function did up to a
    /// point says which point it is: where an earlier scenario has the very same, it is not listed again. Of what a function does over and
    /// over, the first time counts.
    /// </summary>
    /// <param name="seen">The ways to the points of earlier scenarios; added to.</param>
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

    /// <summary>The probes that ask whether the app lives are not part of any message's way.</summary>
    private static bool IsOurs(Reached point) => !point.Function.StartsWith("Health", StringComparison.Ordinal);

    /// <summary>Which of the queues a message goes to makes no other point.</summary>
    [GeneratedRegex("/[a-z-]+/messages$")]
    private static partial Regex AnyQueue();
}
