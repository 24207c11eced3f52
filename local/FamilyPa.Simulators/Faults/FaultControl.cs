using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.Faults;

/// <summary>Faults over HTTP: <c>GET</c>, <c>POST</c>, <c>DELETE /simulator/faults</c>, <c>POST /simulator/faults/release</c>.</summary>
internal static class FaultControl
{
    public static void MapFaults(this WebApplication app, FaultPlan faults)
    {
        app.Control("GET", "/simulator/faults", _ => faults.Active.Select(active => new { active.Fault, active.Hits }));
        app.Control("POST", "/simulator/faults", async context => new { faults.Add(await context.ReadControlAsync<Fault>()).Fault });
        app.Command("DELETE", "/simulator/faults", faults.Clear);
        app.Command("POST", "/simulator/faults/release", faults.ReleaseAll);
    }
}
