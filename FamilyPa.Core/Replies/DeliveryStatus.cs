using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Replies;

/// <summary>What Twilio tells of our messages afterwards. Its callbacks come in any order and more than once.</summary>
public sealed class DeliveryStatus(Database database)
{
    /// <summary>Keeps the furthest status that was ever told. Unknown statuses rank lowest, so that they show but never win.</summary>
    /// <remarks>A report may come before the response with the message's SID is stored. It waits in <c>delivery_reports</c> then.</remarks>
    public async Task StoreAsync(string providerSid, string status, string? errorCode, CancellationToken cancellation)
    {
        object?[] report = [PgText.Clean(providerSid), PgText.Clean(status), Rank(status), errorCode is null ? null : PgText.Clean($"twilio_{errorCode}")];
        await using var batch = database.AsService()
            // apply_early_delivery_report takes the same lock, so the later of both sees the other's row.
            .Guard("select pg_advisory_xact_lock(hashtextextended($1, 0))", report[0])
            .Add(
                """
                update outbound_messages
                set delivery_status = $2, delivery_rank = $3, error_code = coalesce($4, error_code), updated_at = now()
                where provider_sid = $1 and delivery_rank < $3
                """,
                report)
            .Add(
                """
                insert into delivery_reports as r (provider_sid, status, rank, error_code)
                select $1, $2, $3, $4 where not exists (select from outbound_messages where provider_sid = $1)
                on conflict (provider_sid) do update set status = excluded.status, rank = excluded.rank, error_code = coalesce(excluded.error_code, r.error_code)
                where r.rank < excluded.rank
                """,
                report)
            .Guard("select close_channel(o.to_address, $2) from outbound_messages o where o.provider_sid = $1", report[0], report[3])
            // Reports about messages that another system sent from our number are never used.
            .Add("delete from delivery_reports where received_at < now() - interval '1 day'");
        await batch.ExecuteAsync(cancellation);
    }

    private static int Rank(string status) => status switch
    {
        "accepted" or "scheduled" or "queued" => 2,
        "sending" => 3,
        "sent" => 4,
        "delivered" => 5,
        "read" => 6,
        "failed" or "undelivered" or "canceled" => 7,
        _ => 1,
    };
}
