using System.Text.Json.Serialization;
using FamilyPa.Core.Transcription;
using FamilyPa.Functions.Http;
using FamilyPa.Functions.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Family;

public sealed class TranscriptFunctions(MemberAuthentication authentication, FamilyTranscripts transcripts)
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 200;

    /// <summary>The transcripts of the family's voice notes, the newest first.</summary>
    [Function("TranscriptionList")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/transcriptions")] HttpRequest request, CancellationToken cancellation) =>
        authentication.AuthenticateAsync(request, async member =>
        {
            var fields = Fields.Of(request.Query);
            var limit = fields.Number("limit", 1, LargestLimit) ?? DefaultLimit;
            var cursor = fields.Cursor("cursor");
            if (cursor is not null && !Guid.TryParse(cursor.Key, out _))
                fields.Refuse("cursor", "the next_cursor of a response");
            if (fields.Wrong() is { } wrong)
                return Problem.Of(request.HttpContext, StatusCodes.Status400BadRequest, "invalid_request", "The query is invalid.", wrong);

            var page = await transcripts.ReadAsync(member, cursor, limit, cancellation);
            return Json.Answer(new Answer(page.Rows, page.Next?.ToString()));
        });

    private sealed record Answer(
        IReadOnlyList<TranscriptView> Transcriptions, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);
}
