using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace FamilyPa.Core.Twilio;

/// <summary>The result of requesting an attachment.</summary>
/// <param name="Response">A response whose body is still unread; null when there is a reason.</param>
/// <param name="Reason">Why the attachment is not available.</param>
/// <param name="Host">The host that is not allowed.</param>
public sealed record MediaAnswer(HttpResponseMessage? Response, string? Reason = null, string? Host = null) : IDisposable
{
    public void Dispose() => Response?.Dispose();
}

/// <summary>Downloads media from Twilio's API and its redirect targets only, and deletes media at Twilio.</summary>
public sealed class TwilioMedia(HttpClient http, TwilioMediaOrigins origins, IOptions<AppSettings> settings)
{
    /// <summary>Twilio does not have the media, or does not return it.</summary>
    public const string Unavailable = "media_unavailable";

    /// <summary>The URL is not that of an attachment of the message, or a redirect leads away from Twilio.</summary>
    public const string Forbidden = "media_forbidden";

    private const int MostRedirects = 5;

    private readonly AuthenticationHeaderValue credentials = new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.Value.TwilioAccountSid}:{settings.Value.TwilioAuthToken}")));

    /// <param name="mayComeLater">The message is so recent that Twilio may still be storing its media; a 404 is transient then.</param>
    /// <exception cref="MediaFetchException">A transient failure: Twilio is busy, has not stored the media yet, or rejects our credentials.</exception>
    /// <exception cref="HttpRequestException">Twilio cannot be reached.</exception>
    /// <exception cref="TimeoutRejectedException">Twilio did not respond in time.</exception>
    public async Task<MediaAnswer> OpenAsync(string url, string messageSid, bool mayComeLater, CancellationToken cancellation)
    {
        if (!origins.IsMedia(url, messageSid, out var address))
            return new MediaAnswer(null, Forbidden, address?.Host);

        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var response = await SendAsync(HttpMethod.Get, address, redirects == 0 ? credentials : null, cancellation);
            if (!IsRedirect(response.StatusCode))
                return Judge(response, isApi: redirects == 0, mayComeLater);

            using (response)
            {
                // Resolve relative redirects too.
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
    /// <returns>Null when the copy no longer exists; otherwise the error code.</returns>
    public async Task<string?> DeleteAsync(string url, string messageSid, CancellationToken cancellation)
    {
        if (!origins.IsMedia(url, messageSid, out var address))
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
        // A 401 means that our credentials are wrong. The sender cannot correct that, so the phase is retried.
        var isTransient = status is 408 or 425 or 429 or >= 500 || (status == 401 && isApi) || (status == 404 && mayComeLater);
        return isTransient
            ? throw new MediaFetchException($"twilio_http_{status}", $"Twilio answered {status} for the media.") { Wait = wait }
            : new MediaAnswer(null, Unavailable);
    }
}
