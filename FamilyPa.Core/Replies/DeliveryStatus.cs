using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Replies;

/// <summary>What Twilio tells of our messages afterwards. Its callbacks come in any order and more than once.</summary>
public sealed class DeliveryStatus(Database database)
{
    /// <summary>The rank of a message that Twilio has accepted.</summary>
    public const int Queued = 2;

    /// <summary>Keeps the furthest status that was ever told. Unknown statuses rank lowest, so that they show but never win.</summary>
    public async Task StoreAsync(string providerSid, string status, string? errorCode, CancellationToken cancellation)
    {
        // It says no more than the response to the message did.
        if (Rank(status) == Queued)
            return;
        await using var batch = database.AsService().Add(
            "select store_delivery_report($1, $2, $3, $4::text)",
            PgText.Clean(providerSid), PgText.Clean(status), Rank(status), errorCode is null ? null : PgText.Clean($"twilio_{errorCode}"));
        await batch.ExecuteAsync(cancellation);
    }

    private static int Rank(string status) => status switch
    {
        "accepted" or "scheduled" or "queued" => Queued,
        "sending" => 3,
        "sent" => 4,
        "delivered" => 5,
        "read" => 6,
        "failed" or "undelivered" or "canceled" => 7,
        _ => 1,
    };
}
