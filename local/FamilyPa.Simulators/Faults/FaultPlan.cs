using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.Faults;

/// <summary>The active faults. The oldest fault that fits a request applies to it; a request gets at most one fault.</summary>
public sealed class FaultPlan
{
    private readonly Lock gate = new();
    private readonly List<ActiveFault> active = [];
    // Used up, but their stalled requests may still be held.
    private readonly List<ActiveFault> spent = [];

    public IReadOnlyList<ActiveFault> Active { get { lock (gate) return [.. active]; } }

    /// <returns>The active fault, which counts its hits.</returns>
    public ActiveFault Add(Fault fault)
    {
        var added = new ActiveFault(fault, Remove);
        lock (gate) active.Add(added);
        return added;
    }

    /// <summary>Removes all faults; the requests that they hold continue.</summary>
    public void Clear()
    {
        lock (gate)
        {
            foreach (var fault in active.Concat(spent)) fault.Release();
            active.Clear();
            spent.Clear();
        }
    }

    /// <summary>Faults over HTTP: <c>GET</c>, <c>POST</c>, <c>DELETE /simulator/faults</c>.</summary>
    internal void Map(WebApplication app)
    {
        app.Control("GET", "/simulator/faults", _ => Active.Select(active => new { active.Fault, active.Hits }));
        app.Control("POST", "/simulator/faults", async context => new { Add(await context.ReadControlAsync<Fault>()).Fault });
        app.Command("DELETE", "/simulator/faults", Clear);
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
