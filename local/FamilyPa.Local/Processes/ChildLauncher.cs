using System.Collections.Concurrent;
using System.Diagnostics;

namespace FamilyPa.Local.Processes;

/// <summary>
/// Starts all child processes from one thread that never ends. Linux sends the parent death signal when the starting thread ends, and pool threads end.
/// </summary>
internal static class ChildLauncher
{
    private static readonly BlockingCollection<Action> Requests = [];

    static ChildLauncher() => new Thread(Serve) { IsBackground = true, Name = "child launcher" }.Start();

    public static Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static void Serve()
    {
        foreach (var request in Requests.GetConsumingEnumerable())
            request();
    }
}
