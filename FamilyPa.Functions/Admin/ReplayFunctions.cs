using FamilyPa.Core.Pipeline;
using FamilyPa.Core.Queues;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Admin;

public sealed class ReplayFunctions(Replay replay)
{
    [Function("AdminReplayWebhook")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/admin/replay-webhook")] HttpRequest request, CancellationToken cancellation)
    {
        var http = request.HttpContext;
        if (await Json.ReadAsync<ReplayBody>(request, cancellation) is not { } body)
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_json", "Send a JSON object.");
        if (string.IsNullOrWhiteSpace(body.MessageSid) == (body.WebhookEventId is null))
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "Name either message_sid or webhook_event_id.");
        if (body.FromPhase is not null && !Phases.TryParse(body.FromPhase, out _))
            return Problem.Of(http, StatusCodes.Status400BadRequest, "invalid_request", "from_phase is download, transcribe, extract or finalize.");

        var wanted = new ReplayRequest(
            body.MessageSid, body.WebhookEventId, body.FromPhase is { } phase ? Phases.Parse(phase) : null, body.DryRun);
        return await replay.RunAsync(wanted, http.TraceIdentifier, cancellation) is { } result
            ? Json.Answer(new ReplayAnswer([result]))
            : Problem.Of(http, StatusCodes.Status404NotFound, "unknown_message", "No such message has been taken in.");
    }

    private sealed record ReplayBody(string? MessageSid, Guid? WebhookEventId, string? FromPhase, bool DryRun);

    private sealed record ReplayAnswer(IReadOnlyList<ReplayResult> Jobs);
}
