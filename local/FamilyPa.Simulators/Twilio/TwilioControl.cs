using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The control plane over HTTP; camelCase JSON, enums by name.</summary>
/// <remarks>
/// <c>GET /simulator</c> (addresses and counts), <c>DELETE /simulator</c> (forget everything),
/// <c>GET /simulator/messages?direction=&amp;from=&amp;to=&amp;skip=</c>, <c>GET /simulator/requests</c>,
/// <c>POST /simulator/inbound</c> (an <see cref="InboundMessage"/> plus <c>deliver</c>, true unless given),
/// <c>POST /simulator/inbound/{sid}</c> (redeliver), <c>POST /simulator/status</c> <c>{messageSid, status, errorCode}</c>,
/// <c>PUT /simulator/webhook</c> <c>{url}</c>, and the faults.
/// </remarks>
internal static class TwilioControl
{
    public static void Map(WebApplication app, TwilioSimulator simulator)
    {
        app.Control("GET", "/simulator", _ => new
        {
            simulator.BaseUrl,
            simulator.CdnBaseUrl,
            simulator.WebhookUrl,
            Sent = simulator.Sent.Count,
            Received = simulator.Received.Count,
            LeakedCredentials = simulator.LeakedCredentials.Count,
        });
        app.Command("DELETE", "/simulator", simulator.Reset);
        app.Control("GET", "/simulator/messages", context =>
        {
            var query = context.Request.Query;
            bool Fits(string name, string value) => !query.TryGetValue(name, out var wanted) || wanted == value;
            return simulator.All
                .Skip(int.TryParse(query["skip"], out var skip) ? skip : 0)
                .Where(message => Fits("direction", message.Direction) && Fits("from", message.From) && Fits("to", message.To));
        });
        app.Control("GET", "/simulator/requests", _ => simulator.Requests);
        app.Control("POST", "/simulator/inbound", async context =>
        {
            var order = await context.ReadControlAsync<InboundOrder>();
            return order.Deliver ? await simulator.SendInboundAsync(order, context.RequestAborted) : simulator.RememberInbound(order);
        });
        app.Control("POST", "/simulator/inbound/{sid}", async context =>
            await simulator.RedeliverAsync(context.Request.RouteValues["sid"] as string ?? "", context.RequestAborted));
        app.Control("POST", "/simulator/status", async context =>
        {
            var order = await context.ReadControlAsync<StatusOrder>();
            return await simulator.ReportStatusAsync(order.MessageSid, order.Status, order.ErrorCode);
        });
        app.Control("PUT", "/simulator/webhook", async context =>
        {
            simulator.WebhookUrl = (await context.ReadControlAsync<WebhookOrder>()).Url;
            return null;
        });
        simulator.Faults.Map(app);
    }

    private sealed record InboundOrder : InboundMessage
    {
        public bool Deliver { get; init; } = true;
    }

    private sealed record StatusOrder(string MessageSid, string Status, int? ErrorCode);

    private sealed record WebhookOrder(string Url);
}
