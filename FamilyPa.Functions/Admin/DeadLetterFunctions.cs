using FamilyPa.Core.Operations;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class DeadLetterFunctions(DeadLetters deadLetters)
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 1000;
    private const string PoisonSuffix = "-poison";

    /// <summary>The stored poison messages with their causes, the newest first.</summary>
    [Function("AdminDeadLetters")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/admin/dead-letters")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        var fields = Fields.Of(request.Query);
        var queue = fields.Text("queue");
        var filter = new DeadLetterFilter(
            queue?.EndsWith(PoisonSuffix, StringComparison.Ordinal) == true ? queue[..^PoisonSuffix.Length] : queue,
            fields.Text("cause"), fields.Text("message_sid"), fields.Time("since"), fields.Time("until"));
        var cursor = fields.Cursor("cursor");
        if (cursor is not null && !Guid.TryParse(cursor.Key, out _))
            fields.Refuse("cursor", "the next_cursor of a response");
        var limit = fields.Number("limit", 1, LargestLimit) ?? DefaultLimit;
        var reveal = fields.Flag("reveal");
        if (fields.Wrong() is { } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The query is invalid.", wrong);

        var page = await deadLetters.ListAsync(filter, cursor, limit, reveal, http.Actor(), cancellation);
        return Json.Answer(new DeadLettersAnswer(page.Rows, page.Next?.ToString()));
    }

    private sealed record DeadLettersAnswer(IReadOnlyList<DeadLetter> DeadLetters, string? NextCursor);
}
