using System.Text.Json;
using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Ingestion;

/// <summary>Messages that came before their sender was in a family.</summary>
public sealed class UnmatchedMessages(Database database, MessageIngestion inbox)
{
    /// <summary>Takes them in as they came then: "tomorrow" is the day after that.</summary>
    /// <returns>Those that became messages; the senders of the others are still in no family.</returns>
    public async Task<IReadOnlySet<string>> IngestAsync(IReadOnlyCollection<string> messageSids, string requestId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select raw_payload::text, raw_body, source, received_at from unmatched_messages where message_sid = any ($1) order by received_at", (object)messageSids.ToArray());
        var messages = await batch.ListAsync(
            row => new InboundMessage(JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(0))!, row.GetFieldValue<byte[]>(1), null)
            {
                Source = Enum.Parse<MessageSource>(row.GetString(2), ignoreCase: true),
                ReceivedAt = row.GetFieldValue<DateTimeOffset>(3),
            },
            cancellation);
        var taken = new HashSet<string>();
        foreach (var message in messages)
        {
            // Over a rate it is stored all the same, and waits.
            if ((await inbox.AcceptAsync(message, requestId, cancellation)).IsStored)
                taken.Add(message.MessageSid);
        }

        return taken;
    }
}
