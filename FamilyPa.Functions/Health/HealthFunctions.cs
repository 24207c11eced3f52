using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Health;

public sealed class HealthFunctions(Database database, PhaseQueues queues, ILogger<HealthFunctions> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The process responds.</summary>
    [Function("HealthLive")]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        Results.Ok();

    /// <summary>The database and the queues respond too. The response has no details, because the endpoint is public.</summary>
    [Function("HealthReady")]
    public async Task<IResult> Ready(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(AskDatabaseAsync(cancellation), queues.IsReachableAsync(cancellation)).WaitAsync(Patience, cancellation);
            return Results.Ok();
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            log.NotReady(request.HttpContext.TraceIdentifier, ErrorCode.Of(e));
            return Problem.Of(request.HttpContext, StatusCodes.Status503ServiceUnavailable, "not_ready");
        }
    }

    private async Task AskDatabaseAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select 1");
        await batch.ExecuteAsync(cancellation);
    }
}
