using System.Text.Json;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Npgsql;

namespace FamilyPa.Core.Ingestion;

/// <summary>Messages that came before their sender was in a family, or said for which it is.</summary>
public sealed class UnmatchedMessages(Database database, MessageIngestion ingestion)
{
    /// <summary>Takes them in as they came then: "tomorrow" is the day after that.</summary>
    /// <returns>Those that became messages; the others have no family yet.</returns>
    public async Task<IReadOnlySet<string>> IngestAsync(IReadOnlyCollection<string> messageSids, string requestId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select raw_payload::text, source, received_at from unmatched_messages where message_sid = any ($1) order by received_at", (object)messageSids.ToArray());
        var messages = await batch.ListAsync(Read, cancellation);
        var taken = new HashSet<string>();
        foreach (var message in messages)
        {
            // Over a rate it is stored all the same, and waits.
            if ((await ingestion.AcceptAsync(message, requestId, cancellation)).IsStored)
                taken.Add(message.MessageSid);
        }

        return taken;
    }

    internal static InboundMessage Read(NpgsqlDataReader row)
    {
        var form = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Get<string>("raw_payload"))!;
        return new(form, FormFields.Write(form), IdempotencyToken: null)
        {
            Source = Enum.Parse<MessageSource>(row.Get<string>("source"), ignoreCase: true),
            ReceivedAt = row.Get<DateTimeOffset>("received_at"),
        };
    }
}
