using FamilyPa.Core.Settings;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Pages;

/// <summary>Serves the web pages. They contain no data: their scripts read it from the JSON API with the user's session.</summary>
public sealed class PageFunctions(IOptions<AppSettings> settings)
{
    /// <summary>The page loads and contacts only its own origin, the console also the issuer of operators' tokens, and no site may frame it.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly Lazy<PageFiles> board = new(() => new("board"));
    private readonly Lazy<PageFiles> ops =
        new(() => new("ops", ("{authority}", settings.Value.OperatorAuthority?.TrimEnd('/')), ("{client}", settings.Value.OperatorAudience)));

    /// <summary>The family's board.</summary>
    [Function("BoardPage")]
    public IResult Board(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "board/{*path}")] HttpRequest request, string? path) =>
        Answer(request.HttpContext, board.Value, path, "'self'");

    /// <summary>The operator's console. Operators sign in with Entra or give the function key or a token, which the page sends in a header.</summary>
    [Function("OpsPage")]
    public IResult Ops(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "ops/{*path}")] HttpRequest request, string? path) =>
        Answer(
            request.HttpContext, ops.Value, path,
            settings.Value.OperatorAuthority is { Length: > 0 } issuer ? $"'self' {new Uri(issuer).GetLeftPart(UriPartial.Authority)}" : "'self'");

    private static IResult Answer(HttpContext http, PageFiles files, string? path, string contacts)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = $"{ContentSecurityPolicy}; connect-src {contacts}";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // By default a service worker's scope is its own folder. The page's URL is its folder without the slash.
        headers["Service-Worker-Allowed"] = files.Root;
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (files.Find(path) is not { } file)
            return Problem.Of(http, StatusCodes.Status404NotFound, "not_found");

        headers.CacheControl = file.Immutable ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(file.Bytes, file.Type, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""));
    }
}
