using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Pages;

/// <summary>
/// Logs errors that the app's own pages report, with or without a session. The endpoint is public, so it logs only input with the shape of a page error,
/// and only what locates the defect.
/// </summary>
public sealed partial class ClientErrorFunctions(ILogger<ClientErrorFunctions> log) : IDisposable
{
    private const int LargestBody = 2048;
    private const int LongestMessage = 200;

    /// <summary>Per instance, over all clients. A few reports are enough to see a defect that affects every page.</summary>
    private readonly FixedWindowRateLimiter limiter = new(new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) });

    [Function("ClientErrors")]
    public async Task<IResult> Report(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/client-errors")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        // Browsers do not let other sites send this custom header.
        if (request.Headers["X-Requested-With"] != "familypa")
            return Problem.Of(http, StatusCodes.Status403Forbidden, "cross_site");
        if (await Json.ReadAsync<ClientError>(request, LargestBody, cancellation) is not { } error || !TypeName().IsMatch(error.Type ?? ""))
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The report is invalid.");
        using var lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "60";
            return Problem.Of(http, StatusCodes.Status429TooManyRequests, "too_many_reports");
        }

        var source = SourcePath().IsMatch(error.Source ?? "") ? error.Source! : "";
        log.PageFailed(http.TraceIdentifier, error.Type!, Plain(error.Message), source, error.Line, error.Column);
        return Results.NoContent();
    }

    public void Dispose() => limiter.Dispose();

    /// <summary>Removes quoted parts and digits: browsers quote the input that caused an error, and digits may be a phone number.</summary>
    private static string Plain(string? message)
    {
        var plain = NotPlain().Replace(Quoted().Replace(message ?? "", "…"), "");
        return plain.Length <= LongestMessage ? plain : plain[..LongestMessage];
    }

    [GeneratedRegex(@"\A[A-Za-z]{1,60}\z")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\A/[a-z]{1,20}/[0-9a-f]{16}/[a-z]{1,20}/[a-z-]{1,40}\.js\z")]
    private static partial Regex SourcePath();

    [GeneratedRegex("""(["'`“‘«]).*?(["'`”’»]|\z)""", RegexOptions.Singleline)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[^A-Za-z .,:;()…_-]")]
    private static partial Regex NotPlain();

    private sealed record ClientError(string? Type, string? Message, string? Source, int Line, int Column);
}
