using System.Diagnostics;

namespace FamilyPa.FailPoints;

/// <summary>How a crash run and the app talk: one file holds where to die, another what was reached. Both outlive the app's death.</summary>
public sealed class FailPointFiles(string folder)
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "FAMILYPA_FAIL_POINTS";

    private readonly string orders = Path.Combine(Directory.CreateDirectory(folder).FullName, "kill-at");
    private readonly string log = Path.Combine(folder, "reached");
    private readonly Lock gate = new();

    public bool IsArmed => File.Exists(orders);

    /// <summary>Everything reached so far; a line that is being written right now is left out.</summary>
    public IReadOnlyList<Reached> Read() =>
        File.Exists(log) ? [.. File.ReadAllText(log).Split('\n')[..^1].Select(Reached.Parse)] : [];

    /// <summary>Forgets what was reached; only while no app is running.</summary>
    public void Clear() => File.Delete(log);

    /// <summary>The process that first reaches the first point dies there; its successor at the second, and so on. Each order is carried out once.</summary>
    public void Arm(params IReadOnlyList<string> points)
    {
        var next = orders + ".next";
        File.WriteAllLines(next, points);
        File.Move(next, orders, overwrite: true);
    }

    public void Disarm() => File.Delete(orders);

    internal void Write(Reached reached)
    {
        lock (gate)
            File.AppendAllText(log, reached + "\n");
    }

    /// <summary>Returns, unless this is where to die: then nothing of this process runs any more.</summary>
    internal void Pass(string point)
    {
        if (!File.Exists(orders))
            return;
        lock (gate)
        {
            try
            {
                if (File.ReadAllLines(orders) is not [var first, .. var rest] || first != point)
                    return;
                // Carried out before it happens, so that whoever comes after us lives.
                if (rest.Length > 0)
                    Arm(rest);
                else
                    Disarm();
            }
            catch (FileNotFoundException)
            {
                return;
            }

            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
