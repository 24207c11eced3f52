using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Pages;

/// <summary>The web pages. They hold no data themselves: what they show comes from the JSON API, with the reader's own session.</summary>
public sealed class PageFunctions
{
    /// <summary>Nothing but our own files runs, is shown, or is asked, and no other site may frame the page.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly Lazy<PageFiles> board = new(() => new("board"));
    private readonly Lazy<PageFiles> ops = new(() => new("ops"));

    /// <summary>The family's board.</summary>
    [Function("BoardPage")]
    public IResult Board(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "board/{*path}")] HttpRequest request, string? path) =>
        Answer(request.HttpContext, board.Value, path);

    /// <summary>The operator's console. It asks for the function key itself, and sends it in a header.</summary>
    [Function("OpsPage")]
    public IResult Ops(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "ops/{*path}")] HttpRequest request, string? path) =>
        Answer(request.HttpContext, ops.Value, path);

    private static IResult Answer(HttpContext http, PageFiles files, string? path)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        // An address of ours may hold a sign-in link, so only the origin of it is ever told.
        headers["Referrer-Policy"] = "strict-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // The service worker's file is inside of what it is for: the page without a slash at its end.
        headers["Service-Worker-Allowed"] = files.Root;
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (files.Find(path) is not { } file)
            return Problem.Of(http, StatusCodes.Status404NotFound, "not_found");

        headers.CacheControl = file.Immutable ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(file.Bytes, file.Type, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""));
    }
}
