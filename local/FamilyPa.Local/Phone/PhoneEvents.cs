using System.Text.Json;
using FamilyPa.Simulators.Twilio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Local.Phone;

/// <summary>Streams a member's conversation as server-sent events: each message when it is new or its status changes.</summary>
internal sealed class PhoneEvents(TwilioSimulator twilio, CancellationToken stopping)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app) => app.MapGet("/phone/events", StreamAsync);

    private async Task StreamAsync(HttpContext context)
    {
        var phone = context.Request.Query["member"].ToString();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        var shown = new Dictionary<string, TwilioMessage>();
        try
        {
            // The response headers tell the browser that the stream is open.
            await context.Response.Body.FlushAsync(ends.Token);
            while (true)
            {
                foreach (var message in twilio.All.Where(message => Number(message.IsInbound ? message.From : message.To) == phone))
                {
                    if (shown.GetValueOrDefault(message.Sid) == message)
                        continue;
                    shown[message.Sid] = message;
                    await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(PhoneMessage.Of(message), JsonSerializerOptions.Web)}\n\n", ends.Token);
                }

                await Task.Delay(Pace, ends.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the run is stopping.
        }
    }

    private static string Number(string address) => address.Split(':')[^1];
}
