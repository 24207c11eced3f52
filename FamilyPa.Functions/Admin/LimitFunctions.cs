using System.Text.Json;
using FamilyPa.Core.Limits;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class LimitFunctions(LimitsOverview overview, AdminBudgets budgets)
{
    private const double MostDollars = 1_000_000;

    private static readonly string[] Dependencies = ["media", "transcription", "chat", "twilio"];

    /// <summary>The state of every limit, and the jobs that it defers.</summary>
    [Function("AdminLimits")]
    public async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/limits")] HttpRequest request, CancellationToken cancellation) =>
        Results.Text(await overview.ReadAsync(cancellation), "application/json");

    /// <summary>
    /// <c>{"release": "budget", "family_id": …}</c> resumes the jobs deferred for a budget, of one family or of all.
    /// <c>{"try_again": "chat"}</c> lets an open circuit breaker probe its service now.
    /// </summary>
    [Function("AdminChangeLimits")]
    public async Task<IResult> Change(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/limits")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<Dictionary<string, JsonElement>>(request, cancellation) is not { } body)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        var fields = Fields.Of(body);
        var release = fields.Choice("release", ["budget"]);
        var family = fields.Id("family_id");
        var dependency = fields.Choice("try_again", Dependencies);
        if (release is null == dependency is null && !fields.IsWrong)
            fields.Refuse("release", "exactly one of release and try_again is required");
        if (fields.Wrong() is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The request is invalid.", wrong);
        return dependency is null
            ? Json.Answer(new { Released = await budgets.ReleaseAsync(family, http.Actor(), cancellation) })
            : Json.Answer(new { WasOpen = await budgets.TryAgainAsync(dependency, http.Actor(), cancellation) });
    }

    [Function("AdminBudget")]
    public async Task<IResult> ReadBudget(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/families/{familyId}/budget")] HttpRequest request,
        string familyId,
        CancellationToken cancellation) =>
        Guid.TryParse(familyId, out var id) ? Answer(request, await budgets.ReadAsync(id, cancellation)) : Answer(request, null);

    /// <summary><c>{"daily_usd": 20}</c>. Jobs deferred for the budget resume at once.</summary>
    [Function("AdminSetBudget")]
    public async Task<IResult> SetBudget(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/families/{familyId}/budget")] HttpRequest request,
        string familyId,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (!Guid.TryParse(familyId, out var id))
            return Answer(request, null);
        if (await Json.ReadAsync<Dictionary<string, JsonElement>>(request, cancellation) is not { } body)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        var fields = Fields.Of(body);
        var dollars = fields.Dollars("daily_usd", MostDollars);
        if (dollars is null && !fields.IsWrong)
            fields.Refuse("daily_usd", "missing");
        if (fields.Wrong() is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The budget is invalid.", wrong);
        return Answer(request, await budgets.SetAsync(id, dollars, http.Actor(), cancellation));
    }

    /// <summary>Restores the default.</summary>
    [Function("AdminUnsetBudget")]
    public async Task<IResult> UnsetBudget(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/admin/families/{familyId}/budget")] HttpRequest request,
        string familyId,
        CancellationToken cancellation) =>
        Guid.TryParse(familyId, out var id) ? Answer(request, await budgets.SetAsync(id, null, request.HttpContext.Actor(), cancellation)) : Answer(request, null);

    private static IResult Answer(HttpRequest request, FamilyBudget? budget) => budget is not null
        ? Json.Answer(budget)
        : Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "unknown_family", "There is no such family.");
}
