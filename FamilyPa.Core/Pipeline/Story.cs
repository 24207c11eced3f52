using FamilyPa.Core.Storage;

namespace FamilyPa.Core.Pipeline;

/// <summary>Everything that is known of one message, from its id alone: for operators.</summary>
public sealed class Story(Database database)
{
    /// <summary>
    /// One JSON document: event (payload with the phone numbers masked), job, attempts, tasks, replies, AI usage, poison, operators' actions;
    /// null when the message is unknown.
    /// </summary>
    public async Task<string?> ReadAsync(string messageSid, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add("select message_story($1)::text", messageSid);
        return await batch.SingleAsync(row => row.IsDBNull(0) ? null : row.GetString(0), cancellation);
    }
}
