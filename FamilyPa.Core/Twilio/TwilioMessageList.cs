using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Twilio;

/// <summary>A call of Twilio's API failed, or its response could not be read.</summary>
/// <param name="code">Stable, for logs and counting.</param>
public sealed class TwilioUnavailableException(string code, Exception? inner = null) : Exception("Twilio's API did not answer as it should.", inner), IHasErrorCode
{
    public string Code { get; } = code;
}

/// <summary>Lists and deletes messages at Twilio.</summary>
/// <remarks>Requests carry our credentials, so they go only to the origin of <c>TWILIO_API_BASE_URL</c>, regardless of the URLs in a page.</remarks>
public sealed class TwilioMessageList(HttpClient http, IOptions<AppSettings> app, IOptions<PipelineSettings> pipeline)
{
    /// <summary>Stops a list whose next pages form a loop.</summary>
    private const int MostPages = 1000;

    private string Account => $"2010-04-01/Accounts/{app.Value.TwilioAccountSid}";

    /// <summary>Pages of messages, the newest first.</summary>
    /// <param name="since">Only messages sent since then; null for all.</param>
    /// <param name="filter">Further parameters, such as <c>To</c>.</param>
    /// <exception cref="TwilioUnavailableException"/>
    public IAsyncEnumerable<IReadOnlyList<ListedMessage>> ListAsync(
        DateTimeOffset? since, CancellationToken cancellation, params IEnumerable<(string Name, string Value)> filter)
    {
        if (since is { } time)
            filter = filter.Append(("DateSent>", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        var query = string.Concat(filter.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}&"));
        return PagesAsync<MessagePage, ListedMessage>(
            $"{Account}/Messages.json?{query}PageSize={pipeline.Value.ReconcilePageSize}", page => page.Messages, page => page.NextPageUri, cancellation);
    }

    /// <summary>A message's media, with the same URLs as in its webhook.</summary>
    /// <exception cref="TwilioUnavailableException"/>
    public async Task<IReadOnlyList<(string Url, string? ContentType)>> MediaAsync(ListedMessage message, CancellationToken cancellation)
    {
        var list = message.SubresourceUris?.Media ?? $"/{Account}/Messages/{message.Sid}/Media.json";
        var media = new List<(string, string?)>();
        await foreach (var page in PagesAsync<MediaPage, ListedMedia>(list, page => page.MediaList, page => page.NextPageUri, cancellation, isGoneEmpty: true))
        {
            foreach (var item in page)
            {
                var address = At(item.Uri ?? $"/{Account}/Messages/{message.Sid}/Media/{item.Sid}").AbsoluteUri;
                media.Add((address.EndsWith(".json", StringComparison.Ordinal) ? address[..^".json".Length] : address, item.ContentType));
            }
        }

        return media;
    }

    /// <summary>Deletes an inbound or outbound message and its media. Succeeds when they no longer exist.</summary>
    /// <exception cref="TwilioUnavailableException"/>
    public async Task DeleteAsync(string messageSid, CancellationToken cancellation)
    {
        var message = $"{Account}/Messages/{Uri.EscapeDataString(messageSid)}";
        var media = PagesAsync<MediaPage, ListedMedia>($"{message}/Media.json", page => page.MediaList, page => page.NextPageUri, cancellation, isGoneEmpty: true);
        var sids = new List<string>();
        await foreach (var page in media)
            sids.AddRange(page.Select(item => item.Sid).Where(TwilioMediaOrigins.IsMediaSid)!);
        foreach (var sid in sids)
            await SendAsync(HttpMethod.Delete, $"{message}/Media/{Uri.EscapeDataString(sid)}", cancellation, isGoneFine: true);
        await SendAsync(HttpMethod.Delete, $"{message}.json", cancellation, isGoneFine: true);
    }

    private async IAsyncEnumerable<IReadOnlyList<TItem>> PagesAsync<TPage, TItem>(
        string first, Func<TPage, IReadOnlyList<TItem>?> items, Func<TPage, string?> next, [EnumeratorCancellation] CancellationToken cancellation,
        bool isGoneEmpty = false)
        where TPage : class
    {
        string? address = first;
        for (var pages = 0; !string.IsNullOrEmpty(address); pages++)
        {
            if (pages == MostPages)
                throw new TwilioUnavailableException("twilio_list_endless");
            if (await SendAsync(HttpMethod.Get, address, cancellation, isGoneEmpty) is not { } body)
                yield break;
            var page = Read<TPage>(body);
            yield return items(page) ?? throw new TwilioUnavailableException("twilio_unreadable");
            address = next(page);
        }
    }

    /// <returns>The response body; null for 404 or 410.</returns>
    private async Task<byte[]?> SendAsync(HttpMethod method, string address, CancellationToken cancellation, bool isGoneFine = false)
    {
        try
        {
            using var request = new HttpRequestMessage(method, At(address));
            using var response = await http.SendAsync(request, cancellation);
            if (isGoneFine && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return null;
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsByteArrayAsync(cancellation)
                : throw new TwilioUnavailableException($"twilio_http_{(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new TwilioUnavailableException(e is OperationCanceledException ? "twilio_timeout" : "twilio_unreachable", e);
        }
    }

    private Uri At(string address) =>
        Uri.TryCreate(http.BaseAddress, address, out var url) && url.GetLeftPart(UriPartial.Authority) == http.BaseAddress!.GetLeftPart(UriPartial.Authority)
            ? url
            : throw new TwilioUnavailableException("twilio_foreign_address");

    private static T Read<T>(byte[] body)
        where T : class
    {
        try
        {
            return TwilioJson.Read<T>(body) ?? throw new TwilioUnavailableException("twilio_unreadable");
        }
        catch (JsonException e)
        {
            throw new TwilioUnavailableException("twilio_unreadable", e);
        }
    }
}
