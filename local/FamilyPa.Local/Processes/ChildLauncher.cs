using System.Collections.Concurrent;
using System.Diagnostics;

namespace FamilyPa.Local.Processes;

/// <summary>
/// Starts all child processes from one thread that never ends. Linux sends the parent death signal when the starting thread ends, and pool threads end.
/// </summary>
internal static class ChildLauncher
{
    private static readonly BlockingCollection<Task> Starts = [];

    static ChildLauncher() => new Thread(Serve) { IsBackground = true, Name = "child launcher" }.Start();

    public static Task StartAsync(Process process)
    {
        var start = new Task(() => process.Start(), TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(start);
        return start;
    }

    private static void Serve()
    {
        foreach (var start in Starts.GetConsumingEnumerable())
            start.RunSynchronously();
    }
}
