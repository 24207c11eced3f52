using FamilyPa.Core.Pipeline;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class EventFunctions(Story story)
{
    /// <summary>The whole story of one message, from its MessageSid alone.</summary>
    [Function("AdminEvent")]
    public async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/events/{messageSid}")] HttpRequest request,
        string messageSid,
        CancellationToken cancellation) =>
        await story.ReadAsync(messageSid, cancellation) is { } found
            ? Results.Text(found, "application/json")
            : Problem.Of(request.HttpContext, StatusCodes.Status404NotFound, "unknown_message", "No message with this MessageSid has been taken in.");
}
