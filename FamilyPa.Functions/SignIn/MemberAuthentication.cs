using System.Globalization;
using System.Net.Http.Headers;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace FamilyPa.Functions.SignIn;

/// <summary>
/// Authenticates members. The token identifies the user. The database checks the session and the permissions in the same round trip as the operation.
/// </summary>
public sealed class MemberAuthentication(Tokens tokens)
{
    /// <summary>CSRF protection: our pages send this header with every write. Forms of other sites cannot set it, and scripts need CORS permission.</summary>
    private const string OwnPageHeader = "X-Requested-With";

    private const string OwnPage = "familypa";

    public async Task<IResult> AuthenticateAsync(HttpRequest request, Func<Identity, Task<IResult>> act)
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

    /// <summary>As above, for requests with a JSON object.</summary>
    internal Task<IResult> AuthenticateAsync(HttpRequest request, Func<Identity, JsonFields, Task<IResult>> act, CancellationToken cancellation) =>
        AuthenticateAsync(request, async member =>
        {
            var (fields, refusal) = await JsonFields.ReadAsync(request, cancellation);
            return fields is null ? refusal! : await act(member, fields);
        });

    public static IResult Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Of(http, StatusCodes.Status401Unauthorized, "unauthorized", "Sign in first.");
    }

    /// <summary>Maps the database's error codes to responses.</summary>
    private static IResult? Refusal(HttpContext http, PostgresException error) => error.SqlState switch
    {
        "FP002" => Problem.Of(http, StatusCodes.Status409Conflict, "last_owner", "A family must keep at least one owner. Make another member an owner first."),
        "FP003" => Unauthorized(http),
        "FP004" => Problem.Of(http, StatusCodes.Status422UnprocessableEntity, "idempotency_conflict", "A different request used this Idempotency-Key."),
        "FP005" => Problem.Of(http, StatusCodes.Status404NotFound, "not_found", "Your family has no such resource."),
        "FP007" => EntityTags.Conflict(http, int.Parse(error.MessageText, CultureInfo.InvariantCulture)),
        PostgresErrorCodes.InsufficientPrivilege => Problem.Of(http, StatusCodes.Status403Forbidden, "not_allowed", "You are not allowed to do this."),
        _ => null,
    };

    private static string? BearerOf(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;
}
