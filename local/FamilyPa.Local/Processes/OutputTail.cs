namespace FamilyPa.Local.Processes;

/// <summary>The last lines of a child's output, for error messages.</summary>
public sealed class OutputTail(int capacity = 400)
{
    private readonly Queue<string> lines = new();

    public void Add(string line)
    {
        lock (lines)
        {
            if (lines.Count == capacity)
                lines.Dequeue();
            lines.Enqueue(line);
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public string Last(int count) => string.Join(Environment.NewLine, Lines.TakeLast(count));

    public override string ToString() => Last(capacity);
}
