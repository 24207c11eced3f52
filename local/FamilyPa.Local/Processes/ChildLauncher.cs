using System.Collections.Concurrent;
using System.Diagnostics;

namespace FamilyPa.Local.Processes;

/// <summary>
/// Starts every child from one thread that never ends: Linux takes the end of the starting thread for the death of the parent,
/// and threads of the pool come and go.
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
