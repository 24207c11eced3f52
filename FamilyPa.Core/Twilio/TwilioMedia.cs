using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace FamilyPa.Core.Twilio;

/// <summary>How asking for an attachment ended.</summary>
/// <param name="Response">Its headers are here, its body is still to be read; null when there is a reason.</param>
/// <param name="Reason">Why there is none to be had.</param>
/// <param name="Host">The one that is not Twilio's.</param>
public sealed record MediaAnswer(HttpResponseMessage? Response, string? Reason = null, string? Host = null) : IDisposable
{
    public void Dispose() => Response?.Dispose();
}

/// <summary>Media at Twilio: fetched from its API or where that redirects to, and from nowhere else; and deleted there.</summary>
public sealed class TwilioMedia(HttpClient http, TwilioMediaOrigins origins, IOptions<AppSettings> settings)
{
    /// <summary>Twilio does not have it, or does not give it out.</summary>
    public const string Unavailable = "media_unavailable";

    /// <summary>Its address, or one it redirects to, is not Twilio's.</summary>
    public const string Forbidden = "media_forbidden";

    private const int MostRedirects = 5;

    private readonly AuthenticationHeaderValue credentials = new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Value.TwilioAccountSid}:{settings.Value.TwilioAuthToken}")));

    /// <param name="mayComeLater">The message is so young that Twilio may not have its media ready yet.</param>
    /// <exception cref="MediaFetchException">Not this time: Twilio is busy, or not ready, or does not know us.</exception>
    /// <exception cref="HttpRequestException">Twilio cannot be reached.</exception>
    /// <exception cref="TimeoutRejectedException">Twilio does not answer.</exception>
    public async Task<MediaAnswer> OpenAsync(string url, bool mayComeLater, CancellationToken cancellation)
    {
        if (!origins.IsApi(url, out var address))
            return new MediaAnswer(null, Forbidden, address?.Host);

        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var response = await SendAsync(HttpMethod.Get, address, redirects == 0 ? credentials : null, cancellation);
            if (!IsRedirect(response.StatusCode))
                return Judge(response, isApi: redirects == 0, mayComeLater);

            using (response)
            {
                // Resolved by hand: a path alone, on the same host, is a redirect as well.
                if (!response.Headers.NonValidated.TryGetValues("Location", out var location)
                    || !Uri.TryCreate(address, location.ToString(), out address))
                    return new MediaAnswer(null, Unavailable);
            }

            if (!origins.MayFollow(address))
                return new MediaAnswer(null, Forbidden, address.Host);
        }

        return new MediaAnswer(null, Unavailable);
    }

    /// <summary>Deletes Twilio's copy.</summary>
    /// <returns>Null when it is gone; otherwise why it is not, as a code.</returns>
    public async Task<string?> DeleteAsync(string url, CancellationToken cancellation)
    {
        if (!origins.IsApi(url, out var address))
            return Forbidden;
        try
        {
            using var response = await SendAsync(HttpMethod.Delete, address, credentials, cancellation);
            return response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone
                ? null
                : $"twilio_http_{(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException)
        {
            return ErrorCode.Of(e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = authorization;
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static MediaAnswer Judge(HttpResponseMessage response, bool isApi, bool mayComeLater)
    {
        if (response.IsSuccessStatusCode)
            return new MediaAnswer(response);
        var (status, wait) = ((int)response.StatusCode, OutboundRetryPolicy.WaitOf(response));
        response.Dispose();
        // That our own credentials are refused is nothing the sender could be told.
        var isTransient = status is 408 or 425 or 429 or >= 500 || (status == 401 && isApi) || (status == 404 && mayComeLater);
        return isTransient
            ? throw new MediaFetchException($"twilio_http_{status}", $"Twilio answered {status} for the media.") { Wait = wait }
            : new MediaAnswer(null, Unavailable);
    }
}
