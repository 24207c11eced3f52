using System.Diagnostics;

namespace FamilyPa.Simulators.Hosting;

/// <summary>Wakes waiters whenever something changed: waiting on a condition needs no polling and no sleep.</summary>
internal sealed class ChangeSignal
{
    private volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Raise() =>
        Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <param name="find">Empty while there is nothing to return yet.</param>
    /// <exception cref="TimeoutException">Nothing was found in time; the message names what was waited for.</exception>
    public async Task<T> WaitForAsync<T>(Func<T[]> find, TimeSpan timeout, string what)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            // Taken before looking: a change in between completes this very task.
            var change = next.Task;
            if (find() is [var found, ..]) return found;
            var left = timeout - clock.Elapsed;
            if (left <= TimeSpan.Zero) throw new TimeoutException($"No {what} within {timeout.TotalSeconds:0.##} s.");
            try
            {
                await change.WaitAsync(left);
            }
            catch (TimeoutException)
            {
                // One last look.
            }
        }
    }
}
