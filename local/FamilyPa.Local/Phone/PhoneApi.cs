using System.Runtime.CompilerServices;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Local.Phone;

/// <summary>The phone page's API. It sends through simulated Twilio, which signs the message and posts it to the app's webhook.</summary>
/// <param name="listens">Whether a real model transcribes. The simulated one reads only recordings from <see cref="Speak"/>.</param>
internal sealed class PhoneApi(TwilioSimulator twilio, IReadOnlyList<DemoMember> members, bool listens, CancellationToken stopping)
{
    private const string NobodyListens =
        "No transcriber is configured, so a real recording can't be understood: set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY, or type and press “As voice”.";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app)
    {
        app.MapGet("/phone/members", () => members);
        app.MapGet("/phone/events", (string member, HttpContext context) => TypedResults.ServerSentEvents(ConversationAsync(member, context.Response, context.RequestAborted)));
        app.MapPost("/phone/messages", SendAsync);
        // Like WhatsApp's read receipts, for a displayed reply.
        app.MapPost("/phone/read/{sid}", (string sid) => twilio.ReportStatusAsync(sid, "read"));
        app.MapGet("/phone/media/{sid}/{index:int}", Media);
        app.MapGet("/phone/sample.jpg", () => Results.Bytes(SamplePicture.Jpeg, "image/jpeg"));
    }

    /// <summary>Creates a voice note of silence with the text in its metadata, which the simulated transcription reads.</summary>
    internal static InboundMedia Speak(string text) =>
        new("audio/ogg", OggOpusWriter.Write(text, TimeSpan.FromSeconds(Math.Max(1, text.Length / 15.0))));

    /// <summary>A member's messages, each when it is new or its status changes.</summary>
    private async IAsyncEnumerable<PhoneMessage> ConversationAsync(string phone, HttpResponse response, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        var shown = new Dictionary<string, TwilioMessage>();
        // The response headers tell the browser that the stream is open.
        await response.Body.FlushAsync(ends.Token);
        while (!ends.IsCancellationRequested)
        {
            foreach (var message in twilio.All.Where(message => (message.IsInbound ? message.From : message.To).Split(':')[^1] == phone))
            {
                if (shown.GetValueOrDefault(message.Sid) == message)
                    continue;
                shown[message.Sid] = message;
                yield return PhoneMessage.Of(message);
            }

            await Task.Delay(Pace, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IResult> SendAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        if (members.FirstOrDefault(member => member.Phone == form["from"]) is not { } member)
            return Results.BadRequest(new { message = "No such family member." });
        var spoken = form["spoken"].ToString();
        List<InboundMedia> media = spoken.Length > 0 ? [Speak(spoken)] : [];
        foreach (var file in form.Files)
        {
            using var reader = new BinaryReader(file.OpenReadStream());
            media.Add(new InboundMedia(file.ContentType, reader.ReadBytes((int)file.Length)));
        }

        var delivery = await twilio.SendInboundAsync(
            new InboundMessage
            {
                From = form["channel"] == "sms" ? member.Phone : $"whatsapp:{member.Phone}",
                Body = form["body"].ToString(),
                ProfileName = member.Name,
                Media = media,
            },
            cancellationToken);
        return Results.Ok(new PhoneDelivery(delivery.MessageSid, delivery.Accepted, delivery.Status, (long)delivery.Elapsed.TotalMilliseconds, HintFor(form.Files)));
    }

    private string? HintFor(IFormFileCollection files) =>
        !listens && files.Any(file => file.ContentType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase)) ? NobodyListens : null;

    private IResult Media(string sid, int index, HttpResponse response)
    {
        if (twilio.All.FirstOrDefault(message => message.Sid == sid)?.Media.ElementAtOrDefault(index) is not { } media)
            return Results.NotFound();
        // Attachments are untrusted, so the browser must not render them as a page of this origin.
        response.Headers.XContentTypeOptions = "nosniff";
        var isShown = media.ContentType.StartsWith("audio/", StringComparison.Ordinal) || media.ContentType is "image/jpeg" or "image/png" or "image/webp";
        return Results.Bytes(media.Content, isShown ? media.ContentType : "application/octet-stream");
    }
}
