using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Twilio;
using FamilyPa.Local.App;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Inserts a message in the state in which the pipeline would have left it.</summary>
    /// <returns>Its MessageSid.</returns>
    public async Task<string> StoredAsync(StoredMessage message)
    {
        var form = Form(message.Body, message.From);
        await Database.ExecuteAsync(
            """
            with event as (
              insert into webhook_events (message_sid, family_id, raw_payload, size_bytes, source, received_at)
              values ($1, $2, $3::jsonb, 4, $4, $5) returning id),
            message as (
              insert into inbound_messages (provider, message_sid, family_id, user_id, from_phone, from_address, to_address, body, classification, raw_payload, created_at)
              select 'twilio', $1, $2, m.user_id, $6, $7, $8, $9, $15, $3::jsonb, $5 from family_members m where m.phone_e164 = $6)
            insert into processing_jobs (webhook_event_id, message_sid, family_id, status, status_reason, rejection, current_phase, error_code, extraction, received_at, completed_at)
            select id, $1, $2, $10, $11, case when $10 = 'rejected' then $11 end, $12, $13, $14::jsonb, $5, case when $10 in ('done', 'rejected', 'failed') then $5 + interval '1.5 seconds' end from event
            """,
            form["MessageSid"], message.FamilyId, JsonSerializer.Serialize(form), message.Source, message.ReceivedAt.ToUniversalTime(),
            message.From, form["From"], form["To"], message.Body, message.Status, message.Reason, message.Phase, message.ErrorCode, message.Extraction,
            message.Reason is { } reason && (Keywords.IsReason(reason) || Command.IsReason(reason)) ? reason : "ordinary");
        return form["MessageSid"];
    }
}

/// <summary>By default a message that failed in extract.</summary>
public sealed record StoredMessage
{
    public string Body { get; init; } = "buy milk";

    public string From { get; init; } = DemoFamily.Owner.Phone;

    public Guid FamilyId { get; init; } = DemoFamily.FamilyId;

    public string Source { get; init; } = "webhook";

    public DateTimeOffset ReceivedAt { get; init; } = DateTimeOffset.UtcNow;

    public string Status { get; init; } = "failed";

    public string? Reason { get; init; }

    public string Phase { get; init; } = "extract";

    public string? ErrorCode { get; init; }

    public string? Extraction { get; init; }
}
