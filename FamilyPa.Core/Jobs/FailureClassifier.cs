using System.ClientModel;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Twilio;
using Polly.Timeout;

namespace FamilyPa.Core.Jobs;

/// <summary>What a failed attempt says about the service that it called.</summary>
/// <param name="IsFault">The service did not do its part: down, overloaded, out of reach, or not letting us in. The message may be fine.</param>
/// <param name="Answered">The service answered.</param>
/// <param name="IsUncharged">No model's work was begun, so there is nothing to pay.</param>
/// <param name="Wait">How long it asked us to stay away, where that is more than we wait inside a call.</param>
/// <param name="IsGone">The service fails for all messages until an operator acts, so the breaker opens at once.</param>
/// <param name="IsFinal">Another attempt would fail in the same way, so the job fails at once.</param>
public sealed record ServiceFailure(bool IsFault, bool Answered, bool IsUncharged, TimeSpan? Wait, bool IsGone = false, bool IsFinal = false);

/// <summary>Decides whether a failure is the service's fault.</summary>
public static class FailureClassifier
{
    private static readonly ServiceFailure NotTheService = new(false, false, false, null);
    private static readonly ServiceFailure TheService = new(true, false, false, null);

    public static ServiceFailure Classify(Exception error) => error switch
    {
        ModelAnswerException answer => NotTheService with { Answered = answer.Usage is not null, IsFinal = answer.IsFinal },
        ClientResultException { Status: 0 } ai => TheService with { IsUncharged = OutboundRetryPolicy.IsUnreached(ai.InnerException) },
        ClientResultException ai => OfStatus(ai.Status, ai),
        MediaFetchException { Code: "twilio_http_404" } => NotTheService with { Answered = true },
        // Twilio answered, but this body broke off or came too slowly. A few such recordings are no outage.
        MediaFetchException { Code: "media_cut" or "media_stalled" } => NotTheService,
        MediaFetchException media => TheService with { Wait = media.Wait },
        ReplyNotSentException reply => TheService with { Wait = reply.Wait },
        HttpRequestException or IOException => TheService with { IsUncharged = OutboundRetryPolicy.IsUnreached(error) },
        // The caller has already handled the app's own shutdown.
        TimeoutRejectedException or TimeoutException or OperationCanceledException => TheService,
        AggregateException { InnerException: { } inner } => Classify(inner),
        _ => NotTheService,
    };

    /// <summary>
    /// Whether a service that answers so has done no work that it could charge for. Azure OpenAI may charge for a 400 (a content filter), a 408,
    /// and behind a gateway's 502 or 504 nobody knows.
    /// </summary>
    private static bool CostsNothing(int status) => status is 401 or 403 or 404 or 409 or 410 or 413 or 415 or 422 or 429 or 500 or 503;

    private static ServiceFailure OfStatus(int status, ClientResultException error) => ServiceError.Of(error).Meaning switch
    {
        ErrorMeaning.Gone => TheService with { IsUncharged = true, IsGone = true },
        ErrorMeaning.OurRequest => TheService with { IsUncharged = true },
        _ when IsAboutRequest(status) => new(false, true, CostsNothing(status), null, IsFinal: true),
        _ => new(status is 401 or 403 or 408 or 429 or >= 500, false, CostsNothing(status), WaitOf(error)),
    };

    private static bool IsAboutRequest(int status) => status is 400 or 413 or 415 or 422;

    private static TimeSpan? WaitOf(ClientResultException error) => error.GetRawResponse()?.Headers is { } headers
        ? OutboundRetryPolicy.WaitOf(OutboundRetryPolicy.AskedPause(name => headers.TryGetValue(name, out var value) ? value : null))
        : null;
}
