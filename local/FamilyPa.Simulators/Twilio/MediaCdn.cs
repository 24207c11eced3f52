using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The origin of media bytes, reached only by signed URLs. Requests with credentials are recorded as leaks.</summary>
internal sealed class MediaCdn(MessageStore store)
{
    private static readonly TimeSpan Validity = TimeSpan.FromHours(4);
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public Recorder<RecordedRequest> Leaks { get; } = new();

    /// <summary>Set once the listener runs.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>Replaces the redirect's target.</summary>
    public string? RedirectOverride { get; set; }

    /// <summary>The API answers with the bytes instead of a redirect.</summary>
    public bool IsBypassed { get; set; }

    public string UrlFor(string messageSid, string mediaSid)
    {
        if (RedirectOverride is { } elsewhere) return elsewhere;
        var path = $"/{messageSid}/{mediaSid}";
        var expires = DateTimeOffset.UtcNow.Add(Validity).ToUnixTimeSeconds();
        return $"{BaseUrl}{path}?Expires={expires}&Signature={Sign(path, expires)}";
    }

    public void Map(WebApplication app, OperationPipeline pipeline) => pipeline.Map(app, "GET", "/{sid}/{media}", "cdn", Get);

    private Answer Get(Call call)
    {
        if (call.Request.Credential is not null)
        {
            Leaks.Add(call.Request);
            // Object stores refuse a signed URL that comes with an Authorization header as well.
            return Answer.Text(400, "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>", "application/xml");
        }

        var query = call.Http.Request.Query;
        var expires = long.TryParse(query["Expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        if (expires < DateTimeOffset.UtcNow.ToUnixTimeSeconds() || query["Signature"] != Sign(call.Request.Path, expires))
            return Answer.Text(403, "<Error><Code>AccessDenied</Code></Error>", "application/xml");
        return store.Find(call.Route("sid"))?.Media.FirstOrDefault(item => item.Sid == call.Route("media") && !item.Deleted) is { } media
            ? new Answer(200, media.Content, media.ContentType)
            : Answer.Text(404, "<Error><Code>NoSuchKey</Code></Error>", "application/xml");
    }

    private string Sign(string path, long expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}:{expires}"))));
}
