namespace FamilyPa.Local.Processes;

/// <summary>The last lines of a child's output, for error messages.</summary>
public sealed class OutputTail
{
    private const int Capacity = 400;

    private readonly Queue<string> lines = new();

    public IReadOnlyList<string> Lines { get { lock (lines) return [.. lines]; } }

    public void Add(string line)
    {
        lock (lines)
        {
            if (lines.Count == Capacity)
                lines.Dequeue();
            lines.Enqueue(line);
        }
    }

    public string Last(int count) => string.Join(Environment.NewLine, Lines.TakeLast(count));

    public override string ToString() => Last(Capacity);
}
