using FamilyPa.Core.Diagnostics;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Health;

public sealed class HealthFunctions(Readiness readiness)
{
    /// <summary>The process responds, with its version.</summary>
    [Function("HealthLive")]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        Results.Ok(new { version = AppVersion.Current });

    /// <summary>The database and the queues respond too. The response has no details, because the endpoint is public.</summary>
    [Function("HealthReady")]
    public async Task<IResult> Ready(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request, CancellationToken cancellation) =>
        await readiness.IsReadyAsync(request.HttpContext.TraceIdentifier).WaitAsync(cancellation)
            ? Results.Ok()
            : Problem.Of(request.HttpContext, StatusCodes.Status503ServiceUnavailable, "not_ready");
}
