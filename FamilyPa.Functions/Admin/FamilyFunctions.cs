using FamilyPa.Core.Families;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class FamilyFunctions(FamilyDirectory families)
{
    [Function("AdminCreateFamily")]
    public async Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/families")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<NewFamily>(request, cancellation) is not { } family)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        if (FamilyDirectory.Validate(family) is { Count: > 0 } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The family cannot be created like this.", wrong);
        try
        {
            return Json.Answer(await families.CreateAsync(family, http.TraceIdentifier, cancellation), StatusCodes.Status201Created);
        }
        catch (PhoneTakenException)
        {
            return Problem.Of(http, StatusCodes.Status409Conflict, "phone_taken", "A phone number is already a member's.");
        }
    }
}
