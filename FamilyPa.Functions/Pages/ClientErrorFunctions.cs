using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Pages;

/// <summary>
/// Takes the errors that our pages report of themselves, signed in or not. Anybody can send anything here, so only what has the shape of an error
/// of ours is logged, and no more of it than tells where to look.
/// </summary>
public sealed partial class ClientErrorFunctions(ILogger<ClientErrorFunctions> log) : IDisposable
{
    private const int LargestBody = 2048;
    private const int LongestMessage = 200;

    /// <summary>Of this instance, whoever sends: a page that fails everywhere is seen from a few reports as well as from all.</summary>
    private readonly FixedWindowRateLimiter limiter = new(new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) });

    [Function("ClientErrors")]
    public async Task<IResult> Report(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/client-errors")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        // A header of ours: the pages of other sites may not send it.
        if (request.Headers["X-Requested-With"] != "familypa")
            return Problem.Of(http, StatusCodes.Status403Forbidden, "cross_site");
        if (await Json.ReadAsync<ClientError>(request, LargestBody, cancellation) is not { } error || !TypeName().IsMatch(error.Type ?? ""))
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "That is no error of a page.");
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

    /// <summary>Browsers quote in their messages what they choked on, which may be what somebody wrote; digits may be somebody's number.</summary>
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
