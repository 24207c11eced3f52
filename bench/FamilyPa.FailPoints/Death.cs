using System.Diagnostics;

namespace FamilyPa.FailPoints;

/// <summary>Holds calls at the points they are to die at, and kills the process when all are there.</summary>
internal sealed class Death(FailPointFiles files)
{
    /// <summary>Shorter than anything in the app that would go on without a call that is held.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly Lock gate = new();
    private readonly List<string> taken = [];
    private Timer? limit;

    /// <summary>Returns, unless the call is to die here.</summary>
    public void Pass(string point)
    {
        if (!files.IsArmed)
            return;
        lock (gate)
        {
            var awaited = files.NextDeath();
            foreach (var held in taken)
                awaited.Remove(held);
            if (!awaited.Remove(point))
                return;
            taken.Add(point);
            if (awaited.Count == 0)
                Die();
            limit ??= new Timer(_ => DieLate(), null, Patience, Timeout.InfiniteTimeSpan);
            // In place of the thread that is held: by itself the pool takes half a second to add one.
            ThreadPool.GetMinThreads(out var workers, out var completions);
            ThreadPool.SetMinThreads(workers + 1, completions);
        }

        Thread.Sleep(Timeout.Infinite);
    }

    private void DieLate()
    {
        lock (gate)
            Die();
    }

    private void Die()
    {
        files.Register(taken);
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
