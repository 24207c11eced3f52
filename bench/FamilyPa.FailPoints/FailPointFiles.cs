namespace FamilyPa.FailPoints;

/// <summary>Files through which a crash run and the app communicate: ordered deaths, reached points and past deaths. They survive the app's death.</summary>
public sealed class FailPointFiles(string folder)
{
    /// <summary>The environment variable with the folder.</summary>
    public const string Variable = "FAMILYPA_FAIL_POINTS";

    private readonly string orders = Path.Combine(Directory.CreateDirectory(folder).FullName, "kill-at");
    private readonly string log = Path.Combine(folder, "reached");
    private readonly string register = Path.Combine(folder, "died");
    private readonly Lock gate = new();

    public bool IsArmed => File.Exists(orders);

    /// <summary>Starts recording reached points, which takes time.</summary>
    public void Listen() => File.AppendAllText(log, "");

    public void Ignore() => File.Delete(log);

    /// <summary>All recorded points, without a line that is still being written.</summary>
    public IReadOnlyList<Reached> Read() =>
        File.Exists(log) ? [.. File.ReadAllText(log).Split('\n')[..^1].Select(Reached.Parse)] : [];

    /// <summary>
    /// Orders deaths, one per group of points. At each point the first call is held. The process dies when all points are reached, or after a timeout.
    /// The restarted process takes the next group.
    /// </summary>
    public void Arm(params IReadOnlyList<IReadOnlyList<string>> deaths)
    {
        File.Delete(register);
        Write([.. deaths.Select(points => string.Join(' ', points))]);
    }

    public void Disarm() => File.Delete(orders);

    /// <summary>The points at which calls were held, for each death since <see cref="Arm"/>.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Deaths() =>
        File.Exists(register) ? [.. File.ReadAllLines(register).Select(points => points.Split(' '))] : [];

    internal void Write(Reached reached)
    {
        lock (gate)
            if (File.Exists(log))
                File.AppendAllText(log, reached + "\n");
    }

    /// <summary>The points of the next death.</summary>
    internal List<string> NextDeath()
    {
        try
        {
            return File.Exists(orders) ? [.. File.ReadLines(orders).First().Split(' ')] : [];
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Records the death before it happens and removes its order, so that the restarted process does not die of it again.</summary>
    internal void Register(IReadOnlyList<string> points)
    {
        File.AppendAllText(register, string.Join(' ', points) + "\n");
        if (IsArmed && File.ReadAllLines(orders) is [_, .. { Length: > 0 } rest])
            Write(rest);
        else
            Disarm();
    }

    private void Write(string[] deaths)
    {
        var next = orders + ".next";
        File.WriteAllLines(next, deaths);
        File.Move(next, orders, overwrite: true);
    }
}
