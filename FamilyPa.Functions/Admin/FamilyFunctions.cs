using FamilyPa.Core.Erasure;
using FamilyPa.Core.Membership;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class FamilyFunctions(AdminFamilies families, AdminFamilyOverview overview, Erasures erasures)
{
    private const int MostFamilies = 1000;

    [Function("AdminCreateFamily")]
    public async Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/families")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<NewFamily>(request, cancellation) is not { } family)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        if (AdminFamilies.Validate(family) is { Count: > 0 } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The family is invalid.", wrong);
        try
        {
            return Json.Answer(await families.CreateAsync(family, http.Actor(), cancellation), StatusCodes.Status201Created);
        }
        catch (PhoneTakenException)
        {
            return Problem.Of(http, StatusCodes.Status409Conflict, "phone_taken", "A phone number already belongs to a member.");
        }
    }

    /// <summary>All families with their counts, page by page. <c>after</c> is the <c>next</c> of the previous page.</summary>
    [Function("AdminFamilies")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/families")] HttpRequest request, CancellationToken cancellation)
    {
        var limit = 100;
        Guid? after = null;
        if (request.Query["limit"] is [{ Length: > 0 } count] && (!int.TryParse(count, out limit) || limit is < 1 or > MostFamilies))
            return Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", $"limit must be from 1 to {MostFamilies}.");
        if (request.Query["after"] is [{ Length: > 0 } id])
        {
            if (!Guid.TryParse(id, out var given))
                return Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", "after must be the next of the previous page.");
            after = given;
        }

        return Json.Answer(await overview.ListAsync(after, limit, request.HttpContext.Actor(), cancellation));
    }

    [Function("AdminFamily")]
    public async Task<IResult> Find(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/families/{familyId}")] HttpRequest request,
        string familyId,
        CancellationToken cancellation) =>
        Guid.TryParse(familyId, out var id) && await overview.FindAsync(id, request.HttpContext.Actor(), cancellation) is { } family
            ? Json.Answer(family)
            : Unknown(request);

    /// <summary>Erases a family. This cannot be undone, so the request must repeat the id.</summary>
    [Function("AdminDeleteFamily")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/admin/families/{familyId}")] HttpRequest request,
        string familyId,
        CancellationToken cancellation)
    {
        if (!Guid.TryParse(familyId, out var id))
            return Unknown(request);
        if (!Guid.TryParse(request.Query["confirm"], out var confirmed) || confirmed != id)
        {
            return Problem.Of(
                request.HttpContext, StatusCodes.Status400BadRequest, "confirmation_required", "This erases the family permanently. Repeat its id as ?confirm=.");
        }

        return await erasures.EraseAsync(id, request.HttpContext.Actor(), cancellation) is { } erasure ? Json.Answer(erasure) : Unknown(request);
    }

    private static IResult Unknown(HttpRequest request) =>
        Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "unknown_family", "There is no such family.");
}
