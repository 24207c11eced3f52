using FamilyPa.Core.Operations;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class OverviewFunctions(Overview overview)
{
    private const int DefaultHours = 24;
    private const int MostHours = 31 * 24;
    private const int Buckets = 48;

    /// <summary>Counts and latencies of the last hours, for the console and for scripts.</summary>
    [Function("AdminOverview")]
    public async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/overview")] HttpRequest request, CancellationToken cancellation)
    {
        var fields = Fields.Of(request.Query);
        var hours = fields.Number("hours", 1, MostHours) ?? DefaultHours;
        return fields.Wrong() is { } wrong
            ? Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", "The query is invalid.", wrong)
            : Results.Text(await overview.ReadAsync(hours, Buckets, request.HttpContext.Actor(), cancellation), "application/json");
    }
}
