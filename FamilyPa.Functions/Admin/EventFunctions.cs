using FamilyPa.Core.Operations;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class EventFunctions(MessageTimeline timeline, EventSearch search)
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 1000;

    /// <summary>The messages that match a filter, the newest first. <c>next_cursor</c> requests the next page.</summary>
    [Function("AdminEvents")]
    public async Task<IResult> Search(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/events")] HttpRequest request, CancellationToken cancellation)
    {
        var fields = Fields.Of(request.Query);
        var filter = fields.ReadFilter();
        var cursor = fields.Cursor("cursor");
        var limit = fields.Number("limit", 1, LargestLimit) ?? DefaultLimit;
        if (fields.Wrong() is { } wrong)
            return Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", "The query is invalid.", wrong);
        var page = await search.SearchAsync(filter, cursor, limit, request.HttpContext.Actor(), cancellation);
        return Json.Answer(new SearchAnswer(page.Rows, page.Next?.ToString()));
    }

    /// <summary>The timeline of a message. <c>reveal=true</c> includes its text and its sender.</summary>
    [Function("AdminEvent")]
    public async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/events/{messageSid}")] HttpRequest request,
        string messageSid,
        CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var fields = Fields.Of(request.Query);
        var reveal = fields.Flag("reveal");
        if (fields.Wrong() is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The query is invalid.", wrong);
        return MessageSids.IsValid(messageSid) && await timeline.ReadAsync(messageSid, reveal, http.Actor(), cancellation) is { } found
            ? Results.Text(found, "application/json")
            : Problem.Of(http, StatusCodes.Status404NotFound, "unknown_message", "No message with this MessageSid was received.");
    }

    private sealed record SearchAnswer(IReadOnlyList<EventRow> Events, string? NextCursor);
}
