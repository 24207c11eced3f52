namespace FamilyPa.Tests.Probe;

/// <summary>What the functions were called with, in a file that outlives this process.</summary>
public sealed class Calls(string file)
{
    private readonly Lock gate = new();

    public void Add(string call)
    {
        lock (gate)
            File.AppendAllText(file, call + "\n");
    }

    public int Count(string call) => File.ReadLines(file).Count(line => line == call);

    /// <summary>Says when it begins and how it ends: <c>begin</c>, then <c>end</c> or <c>cancelled</c>.</summary>
    public async Task RunAsync(string what, Func<Task> work)
    {
        Add($"begin {what}");
        try
        {
            await work();
            Add($"end {what}");
        }
        catch (OperationCanceledException)
        {
            Add($"cancelled {what}");
            throw;
        }
    }
}
