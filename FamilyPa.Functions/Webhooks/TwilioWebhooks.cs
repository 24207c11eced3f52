using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Replies;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Npgsql;
using Twilio.TwiML;

namespace FamilyPa.Functions.Webhooks;

/// <summary>What Twilio calls: for each message that comes in, and for each step of our replies' delivery.</summary>
public sealed class TwilioWebhooks(
    TwilioGuard guard, WebhookRefusals refusals, WebhookIngestion ingestion, DeliveryStatus delivery, ILogger<TwilioWebhooks> log)
{
    private static readonly string Nothing = new MessagingResponse().ToString();

    /// <remarks>Takes every method and refuses all but POST itself, for the host would answer them 404.</remarks>
    [Function("TwilioMessage")]
    public async Task<IResult> Message(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/webhooks/twilio")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var (form, refusal) = await guard.VerifyAsync(request, ["MessageSid", "From", "To"], cancellation);
        if (refusal is not null)
            return await refusals.AnswerAsync(http, refusal, cancellation);

        var message = new InboundMessage(form!.Fields, form.Body, request.Headers["I-Twilio-Idempotency-Token"]);
        try
        {
            var acceptance = await ingestion.IngestAsync(message, http.TraceIdentifier);
            if (acceptance.Limit is { } limit)
                return Problem.TooMany(http, limit, (int)acceptance.RetryAfter.TotalSeconds);
            return TwiML(acceptance.Answer is { } answer ? new MessagingResponse().Message(answer).ToString() : Nothing);
        }
        catch (Exception e)
        {
            // Neither the database nor the queue: only now may Twilio try again.
            log.MessageNotStored(message.MessageSid, http.TraceIdentifier, "persist", ErrorCode.Of(e));
            return Problem.Of(http, StatusCodes.Status503ServiceUnavailable, "try_again");
        }
    }

    [Function("TwilioStatus")]
    public async Task<IResult> Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/webhooks/twilio/status")] HttpRequest request, CancellationToken cancellation)
    {
        var (form, refusal) = await guard.VerifyAsync(request, ["MessageSid", "MessageStatus"], cancellation);
        if (refusal is not null)
            return await refusals.AnswerAsync(request.HttpContext, refusal, cancellation);
        try
        {
            await delivery.StoreAsync(
                form!.Fields["MessageSid"], form.Fields["MessageStatus"], form.Fields.GetValueOrDefault("ErrorCode"), cancellation);
            return TwiML(Nothing);
        }
        catch (NpgsqlException e)
        {
            log.MessageNotStored(form!.Fields["MessageSid"], request.HttpContext.TraceIdentifier, "status", ErrorCode.Of(e));
            return Problem.Of(request.HttpContext, StatusCodes.Status503ServiceUnavailable, "try_again");
        }
    }

    private static IResult TwiML(string xml) => Results.Text(xml, "text/xml");
}
