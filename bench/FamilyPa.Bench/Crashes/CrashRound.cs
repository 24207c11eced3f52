namespace FamilyPa.Bench.Crashes;

/// <summary>Points of one scenario at which the app dies at once: each is another message's, or a timer's.</summary>
/// <param name="Attempt">From 1; a point that nobody came to is tried again alone.</param>
internal sealed record CrashRound(Scenario Scenario, IReadOnlyList<CrashPoint> Points, int Seed, int Attempt = 1)
{
    private const int MostAttempts = 4;

    /// <summary>Whether timers have to tick that no message waits for.</summary>
    public bool IsPunctual => Points.Any(point => CrashEnvironment.IsTimer(point.Function));

    /// <summary>Every point in one round, grouped by chance.</summary>
    public static IEnumerable<CrashRound> Of(IReadOnlyList<CrashPoint> points, int seed)
    {
        var random = new Random(seed);
        var rounds = new List<CrashRound>();
        foreach (var scenario in points.Where(point => !point.IsIndependent).GroupBy(point => point.Scenario))
            rounds.AddRange(Group([.. scenario], scenario.Key.AtOnce, random).Select(group => new CrashRound(scenario.Key, group, seed)));
        // What comes to its points whatever is sent dies along with anything where more than one can die.
        var independent = Group([.. points.Where(point => point.IsIndependent)], (1, 1), random);
        var hosts = rounds.Index().Where(round => round.Item.Scenario.AtOnce.InAll > 1).OrderBy(_ => random.Next()).Select(round => round.Index).ToList();
        foreach (var (host, group) in hosts.Zip(independent))
            rounds[host] = rounds[host] with { Points = [.. rounds[host].Points, .. group] };
        rounds.AddRange(independent.Skip(hosts.Count).Select(group => new CrashRound(group[0].Scenario, group, seed)));
        // With the timers or without them is another start of the app, so those of a kind follow each other.
        return seed % 2 == 0 ? rounds.OrderBy(round => round.IsPunctual) : rounds.OrderByDescending(round => round.IsPunctual);
    }

    /// <summary>For each of these points a round of its own; none where it was tried often enough.</summary>
    public IEnumerable<CrashRound> Again(IEnumerable<CrashPoint> missed) =>
        Attempt == MostAttempts ? [] : missed.Select(point => this with { Points = [point], Attempt = Attempt + 1 });

    private static List<List<CrashPoint>> Group(CrashPoint[] points, (int InAll, int OfOneFunction) most, Random random)
    {
        random.Shuffle(points);
        var groups = new List<List<CrashPoint>>();
        foreach (var point in points)
        {
            var group = groups.Find(group => group.Count < most.InAll
                && group.Count(other => other.Function == point.Function) < (CrashEnvironment.IsOneAtATime(point.Function) ? 1 : most.OfOneFunction));
            if (group is null)
                groups.Add(group = []);
            group.Add(point);
        }

        return groups;
    }
}
