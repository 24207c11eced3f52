using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Faults;

/// <summary>The faults that are waiting to strike. The oldest one that fits a request takes it; one request meets one fault.</summary>
public sealed class FaultPlan
{
    private readonly Lock gate = new();
    private readonly List<ActiveFault> active = [];
    // Used up, but their stalled requests may still be held.
    private readonly List<ActiveFault> spent = [];

    public IReadOnlyList<ActiveFault> Active
    {
        get
        {
            lock (gate) return [.. active];
        }
    }

    /// <returns>Tells how often it struck, can be released or removed.</returns>
    public ActiveFault Add(Fault fault)
    {
        var added = new ActiveFault(fault, Remove);
        lock (gate) active.Add(added);
        return added;
    }

    /// <summary>Removes all faults; the requests that they hold continue.</summary>
    public void Clear()
    {
        ReleaseAll();
        lock (gate)
        {
            active.Clear();
            spent.Clear();
        }
    }

    /// <summary>Lets go every request that is held, and leaves the faults in force.</summary>
    public void ReleaseAll()
    {
        lock (gate)
        {
            foreach (var fault in active.Concat(spent)) fault.Release();
        }
    }

    internal ActiveFault? Take(RecordedRequest request)
    {
        lock (gate)
        {
            var found = active.FirstOrDefault(candidate => candidate.Fits(request) && candidate.IsDue());
            if (found is not null && found.Strike())
            {
                active.Remove(found);
                spent.Add(found);
            }

            return found;
        }
    }

    private void Remove(ActiveFault fault)
    {
        lock (gate)
        {
            active.Remove(fault);
            spent.Remove(fault);
        }
    }
}
