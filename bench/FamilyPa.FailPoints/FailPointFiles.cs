namespace FamilyPa.FailPoints;

/// <summary>How a crash run and the app talk: files hold where to die, what was reached and who died where. All outlive the app's death.</summary>
public sealed class FailPointFiles(string folder)
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "FAMILYPA_FAIL_POINTS";

    private readonly string orders = Path.Combine(Directory.CreateDirectory(folder).FullName, "kill-at");
    private readonly string log = Path.Combine(folder, "reached");
    private readonly string register = Path.Combine(folder, "died");
    private readonly Lock gate = new();

    public bool IsArmed => File.Exists(orders);

    /// <summary>From now on it is written down what is reached; until then it is not, for that takes time.</summary>
    public void Listen() => File.AppendAllText(log, "");

    public void Ignore() => File.Delete(log);

    /// <summary>Everything reached so far; a line that is being written right now is left out.</summary>
    public IReadOnlyList<Reached> Read() =>
        File.Exists(log) ? [.. File.ReadAllText(log).Split('\n')[..^1].Select(Reached.Parse)] : [];

    /// <summary>
    /// Each group of points is one death: the first call to come to each of them goes no further, and the process dies when all of them are
    /// taken, or when nobody has come to the others in time. Its successor dies at the second group, and so on.
    /// </summary>
    public void Arm(params IReadOnlyList<IReadOnlyList<string>> deaths)
    {
        File.Delete(register);
        Write([.. deaths.Select(points => string.Join(' ', points))]);
    }

    public void Disarm() => File.Delete(orders);

    /// <summary>Where calls were when they died, for each death since it was ordered.</summary>
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

    /// <summary>Carries the next death out on paper, before it happens, so that whoever comes after us lives.</summary>
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
