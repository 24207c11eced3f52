using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FamilyPa.Functions.Http;

/// <summary>Errors as RFC 9457 problem details with a stable code and the request id, without internals.</summary>
public static class Problem
{
    /// <summary>The response 429 with Retry-After.</summary>
    /// <param name="retryAfter">In seconds.</param>
    public static IResult TooMany(HttpContext http, string code, int retryAfter)
    {
        http.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        return Of(http, StatusCodes.Status429TooManyRequests, code);
    }

    /// <param name="errors">Validation errors by field.</param>
    public static IResult Of(HttpContext http, int status, string code, string? detail = null, IDictionary<string, string[]>? errors = null)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code, ["request_id"] = http.TraceIdentifier };
        if (errors is not null)
            extensions["errors"] = errors;
        return Results.Problem(detail, statusCode: status, title: ReasonPhrases.GetReasonPhrase(status), extensions: extensions);
    }
}
