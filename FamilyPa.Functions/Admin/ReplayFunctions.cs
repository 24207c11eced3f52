using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Queues;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class ReplayFunctions(Replay replay, EventSearch search)
{
    private const int DefaultLimit = 100;
    private const int MostAtOnce = 1000;

    /// <summary>Replays one message, a list of messages, or one page of the messages that match a filter, the oldest first.</summary>
    [Function("AdminReplayWebhook")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/replay-webhook")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<ReplayBody>(request, cancellation) is not { } body)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object with fields of the documented types.");
        var fields = Fields.Of(body.Filter ?? []);
        var filter = fields.ReadFilter();
        var cursor = fields.Cursor("cursor");
        var limit = fields.Number("limit", 1, MostAtOnce);
        if (Validate(body, fields, filter, limit) is { Count: > 0 } wrong)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "The request is invalid.", wrong);

        EventSelection selection;
        if (body.Filter is not null)
            selection = await search.SelectAsync(filter, cursor, limit ?? DefaultLimit, cancellation);
        else if (body.MessageSids is not null)
            selection = EventSelection.Of(body.MessageSids!);
        else if ((body.MessageSid ?? await search.MessageSidAsync(body.WebhookEventId!.Value, cancellation)) is { } only)
            selection = EventSelection.Of([only]);
        else
            return Unknown(http);

        var wanted = new ReplayRequest(
            selection.MessageSids, body.Filter is null ? null : filter, body.FromPhase is { } phase ? Phases.Parse(phase) : null, body.DryRun);
        var results = await replay.RunAsync(wanted, http.Actor(), cancellation);
        return body is { Filter: null, MessageSids: null } && results is [{ Outcome: "unknown" }]
            ? Unknown(http)
            : Json.Answer(new ReplayAnswer(results, Totals(selection.Matched, results), selection.Next is not null, selection.Next?.ToString()));
    }

    private static SortedDictionary<string, string[]> Validate(ReplayBody body, Fields filterFields, EventFilter filter, int? limit)
    {
        var wrong = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (name, why) in filterFields.Wrong() ?? new Dictionary<string, string[]>())
            wrong[$"filter.{name}"] = why;
        foreach (var name in body.Unknown?.Keys ?? (IEnumerable<string>)[])
            wrong[name] = ["unknown"];
        if (body.MessageSid is not null && string.IsNullOrWhiteSpace(body.MessageSid))
            wrong["message_sid"] = ["a MessageSid"];
        if (body.MessageSids is { } sids && (sids.Count is 0 or > MostAtOnce || sids.Contains(null)))
            wrong["message_sids"] = [$"1 to {MostAtOnce} MessageSids"];
        if (body.FromPhase is not null && !Phases.TryParse(body.FromPhase, out _))
            wrong["from_phase"] = ["download, transcribe, extract or finalize"];
        if (body.Filter is not null && wrong.Count == 0 && filter.IsEmpty && limit is null)
            wrong.Add("filter", ["matches every message: add a condition or a limit"]);
        object?[] selectors = [body.MessageSid, body.MessageSids, body.WebhookEventId, body.Filter];
        if (selectors.Count(selector => selector is not null) != 1)
            wrong["message_sid"] = ["exactly one of message_sid, message_sids, webhook_event_id and filter is required"];
        return wrong;
    }

    private static Dictionary<string, long> Totals(long matched, IReadOnlyList<ReplayResult> results)
    {
        var totals = results.GroupBy(result => result.Outcome).ToDictionary(outcome => outcome.Key, outcome => (long)outcome.Count());
        totals.TryAdd("replayed", 0);
        totals["matched"] = matched;
        totals["skipped"] = results.Count(result => result.Outcome is not ("replayed" or "would_replay" or "ingested" or "would_ingest"));
        return totals;
    }

    private static IResult Unknown(HttpContext http) =>
        Problem.Of(http, StatusCodes.Status404NotFound, "unknown_message", "No such message was received.");

    /// <param name="Filter">The fields of a search, with <c>limit</c> and <c>cursor</c>.</param>
    private sealed record ReplayBody(
        string? MessageSid, IReadOnlyList<string?>? MessageSids, Guid? WebhookEventId, Dictionary<string, JsonElement>? Filter, string? FromPhase, bool DryRun)
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Unknown { get; init; }
    }

    /// <param name="Totals">The number of messages by outcome, the number of all matches (<c>matched</c>), and of unchanged messages (<c>skipped</c>).</param>
    /// <param name="More">Whether more messages match; <c>next_cursor</c> requests them.</param>
    private sealed record ReplayAnswer(IReadOnlyList<ReplayResult> Jobs, IReadOnlyDictionary<string, long> Totals, bool More, string? NextCursor);
}
