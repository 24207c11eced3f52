using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>The control plane over HTTP; camelCase JSON.</summary>
/// <remarks>
/// <c>GET /simulator</c> (address, calls, what was billed), <c>DELETE /simulator</c> (forget everything), <c>GET /simulator/requests</c>,
/// <c>POST /simulator/responses</c> <c>{contains, content}</c> (a scripted chat answer for every prompt that contains a text), and the faults.
/// </remarks>
internal static class OpenAIControl
{
    public static void Map(WebApplication app, AzureOpenAISimulator simulator)
    {
        app.Control("GET", "/simulator", _ => new { simulator.BaseUrl, simulator.Calls, simulator.Billed });
        app.Command("DELETE", "/simulator", simulator.Reset);
        app.Control("GET", "/simulator/requests", _ => simulator.Requests);
        app.Control("POST", "/simulator/responses", async context =>
        {
            var order = await context.ReadControlAsync<ResponseOrder>();
            simulator.Respond(request => request.PromptText.Contains(order.Contains, StringComparison.Ordinal), order.Content);
            return null;
        });
        simulator.Faults.Map(app);
    }

    private sealed record ResponseOrder(string Contains, string Content);
}
