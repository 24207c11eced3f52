using System.Globalization;
using System.Net.Http.Headers;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace FamilyPa.Functions.SignIn;

/// <summary>
/// The way into everything that is a member's. It finds out who is asking; whether their session still is one, and what they may see and do, the
/// database says, in the round trip that does it.
/// </summary>
public sealed class MemberAuthentication(Tokens tokens)
{
    /// <summary>Sent by our own pages with every write. A form of another site cannot, and its script may not without our leave.</summary>
    private const string OwnPageHeader = "X-Requested-With";

    private const string OwnPage = "familypa";

    public async Task<IResult> EnterAsync(HttpRequest request, Func<Identity, Task<IResult>> act)
    {
        var http = request.HttpContext;
        var bearer = request.Headers.Authorization.Count > 0;
        if ((bearer ? BearerOf(request) : SessionCookie.Read(request)) is not { Length: > 0 } token || await tokens.ReadAsync(token) is not { } identity)
            return Unauthorized(http);
        if (!bearer && !HttpMethods.IsGet(request.Method) && request.Headers[OwnPageHeader] != OwnPage)
            return Problem.Of(http, StatusCodes.Status403Forbidden, "cross_site", $"With a cookie, send {OwnPageHeader}: {OwnPage}.");

        RequestLoggingMiddleware.Identify(http, identity.UserId);
        try
        {
            return await act(identity);
        }
        catch (PostgresException e) when (Refusal(http, e) is { } refusal)
        {
            return refusal;
        }
    }

    /// <summary>As above, for what takes a JSON object.</summary>
    internal Task<IResult> EnterAsync(HttpRequest request, Func<Identity, JsonFields, Task<IResult>> act, CancellationToken cancellation) =>
        EnterAsync(request, async member =>
        {
            var (fields, refusal) = await JsonFields.ReadAsync(request, cancellation);
            return fields is null ? refusal! : await act(member, fields);
        });

    public static IResult Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Of(http, StatusCodes.Status401Unauthorized, "unauthorized", "Sign in first.");
    }

    /// <summary>The database's own refusals, by their codes.</summary>
    private static IResult? Refusal(HttpContext http, PostgresException error) => error.SqlState switch
    {
        "FP002" => Problem.Of(http, StatusCodes.Status409Conflict, "last_owner", "A family keeps an owner: make somebody else one first."),
        "FP003" => Unauthorized(http),
        "FP004" => Problem.Of(http, StatusCodes.Status422UnprocessableEntity, "idempotency_conflict", "Another request bore this Idempotency-Key."),
        "FP005" => Problem.Of(http, StatusCodes.Status404NotFound, "not_found", "There is no such thing in your family."),
        "FP007" => EntityTags.Conflict(http, int.Parse(error.MessageText, CultureInfo.InvariantCulture)),
        PostgresErrorCodes.InsufficientPrivilege => Problem.Of(http, StatusCodes.Status403Forbidden, "not_allowed", "That is not yours to do."),
        _ => null,
    };

    private static string? BearerOf(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;
}
