using System.Net.Http.Headers;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;

namespace FamilyPa.Functions.Admin;

/// <summary>Authenticates operators, and refuses function keys in URLs.</summary>
/// <remarks>
/// Only the platform's host knows the function keys: it checks them for <c>/api/admin</c> before it calls the app, and it cannot check operators' tokens. So the
/// same operations have a second address, <c>/api/operator</c>, which needs no key and where this class checks the token.
/// </remarks>
public sealed class OperatorMiddleware(OperatorTokens tokens, IOptions<AppSettings> settings) : IFunctionsWorkerMiddleware
{
    private const string WithKey = "operator";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && await RefuseAsync(http) is { } refusal)
            context.GetInvocationResult().Value = refusal;
        else
            await next(context);
    }

    private async Task<IResult?> RefuseAsync(HttpContext http)
    {
        var request = http.Request;
        // The host takes a function key from there too, but URLs are kept in logs and histories.
        if (request.Query.ContainsKey("code"))
            return Problem.Of(http, StatusCodes.Status400BadRequest, "key_in_url", "Send the function key in the header x-functions-key.");
        if (request.Path.StartsWithSegments("/api/admin"))
        {
            OperatorContext.Set(http, WithKey);
            return settings.Value.OperatorTokensOnly
                ? Problem.Of(http, StatusCodes.Status401Unauthorized, "key_disabled", "The function key is switched off. Send a token to /api/operator.")
                : null;
        }

        return request.Path.StartsWithSegments("/api/operator") ? await RefuseTokenAsync(http) : null;
    }

    private async Task<IResult?> RefuseTokenAsync(HttpContext http)
    {
        if (!AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header)
            || !header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { Length: > 0 } token
            || await tokens.ReadAsync(token) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Of(http, StatusCodes.Status401Unauthorized, "unauthorized", "Send an operator's access token.");
        }

        var isAllowed = caller.Roles.Contains(OperatorTokens.Operator) || (caller.Roles.Contains(OperatorTokens.Reader) && IsReading(http.Request));
        OperatorContext.Set(http, caller.Name);
        return isAllowed ? null : Problem.Of(http, StatusCodes.Status403Forbidden, "role_required", "Your role does not allow this.");
    }

    /// <summary>Whether the request changes nothing, and reveals neither message texts nor phone numbers.</summary>
    private static bool IsReading(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Query.ContainsKey("reveal") && request.Path.Value?.EndsWith("/export", StringComparison.OrdinalIgnoreCase) is not true;
}

internal static class OperatorContext
{
    private const string Key = "familypa.operator";

    public static void Set(HttpContext http, string name) => http.Items[Key] = name;

    /// <summary>The operator of a request that <see cref="OperatorMiddleware"/> let through.</summary>
    public static Actor Actor(this HttpContext http) => new((string)http.Items[Key]!, http.TraceIdentifier);
}
