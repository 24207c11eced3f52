using FamilyPa.Local.App;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Local.Phone;

/// <summary>The phone page's API. It sends through simulated Twilio, which signs the message and posts it to the app's webhook.</summary>
/// <param name="listens">Whether a real model transcribes. The simulated one reads only recordings from <see cref="Speak"/>.</param>
internal sealed class PhoneApi(TwilioSimulator twilio, IReadOnlyList<DemoMember> members, bool listens)
{
    private const string NobodyListens =
        "No transcriber is configured, so a real recording can't be understood: set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY, or type and press “As voice”.";

    public void Map(WebApplication app)
    {
        app.MapGet("/phone/members", context => context.Response.WriteAsJsonAsync(members));
        app.MapPost("/phone/messages", SendAsync);
        app.MapPost("/phone/read/{sid}", ReadAsync);
        app.MapGet("/phone/media/{sid}/{index:int}", MediaAsync);
        app.MapGet("/phone/sample.jpg", context => SendAsync(context, "image/jpeg", SamplePicture.Jpeg));
    }

    private async Task SendAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var member = members.FirstOrDefault(member => member.Phone == form["from"]);
        if (member is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(new PhoneProblem("No such family member."), context.RequestAborted);
            return;
        }

        var spoken = form["spoken"].ToString();
        List<InboundMedia> media = spoken.Length > 0 ? [Speak(spoken)] : [];
        foreach (var file in form.Files)
            media.Add(new InboundMedia(file.ContentType, await ReadAsync(file, context.RequestAborted)));
        var delivery = await twilio.SendInboundAsync(
            new InboundMessage
            {
                From = form["channel"] == "sms" ? member.Phone : $"whatsapp:{member.Phone}",
                Body = form["body"].ToString(),
                ProfileName = member.Name,
                Media = media,
            },
            context.RequestAborted);
        await context.Response.WriteAsJsonAsync(
            new PhoneDelivery(delivery.MessageSid, delivery.Accepted, delivery.Status, (long)delivery.Elapsed.TotalMilliseconds, HintFor(form.Files)), context.RequestAborted);
    }

    private string? HintFor(IFormFileCollection files) =>
        !listens && files.Any(file => file.ContentType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase)) ? NobodyListens : null;

    /// <summary>Reports a displayed reply as read, like WhatsApp's read receipts.</summary>
    private async Task ReadAsync(HttpContext context)
    {
        await twilio.ReportStatusAsync((string)context.Request.RouteValues["sid"]!, "read");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task MediaAsync(HttpContext context)
    {
        var sid = (string)context.Request.RouteValues["sid"]!;
        var index = int.Parse((string)context.Request.RouteValues["index"]!, System.Globalization.CultureInfo.InvariantCulture);
        if (twilio.All.FirstOrDefault(message => message.Sid == sid)?.Media.ElementAtOrDefault(index) is not { } media)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Attachments are untrusted, so the browser must not render them as a page of this origin.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var isShown = media.ContentType.StartsWith("audio/", StringComparison.Ordinal) || media.ContentType is "image/jpeg" or "image/png" or "image/webp";
        await SendAsync(context, isShown ? media.ContentType : "application/octet-stream", media.Content);
    }

    private static async Task SendAsync(HttpContext context, string contentType, byte[] content)
    {
        context.Response.ContentType = contentType;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    /// <summary>Creates a voice note of silence with the text in its metadata, which the simulated transcription reads.</summary>
    internal static InboundMedia Speak(string text) =>
        new("audio/ogg", OggOpusWriter.Write(text, TimeSpan.FromSeconds(Math.Max(1, text.Length / 15.0))));

    private static async Task<byte[]> ReadAsync(IFormFile file, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        await file.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}
