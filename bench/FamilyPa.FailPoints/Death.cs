using System.Diagnostics;

namespace FamilyPa.FailPoints;

/// <summary>Holds calls at the fail points of the next death, and kills the process when all points are reached.</summary>
internal sealed class Death(FailPointFiles files)
{
    /// <summary>Shorter than every timeout in the app that would let it continue without a held call.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly Lock gate = new();
    private readonly List<string> taken = [];
    private Timer? limit;

    /// <summary>Returns unless the call must be held here.</summary>
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
            // Replaces the held thread: the pool takes half a second to add one by itself.
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
