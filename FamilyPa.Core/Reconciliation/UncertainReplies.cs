using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Reconciliation;

/// <summary>Finds out at Twilio what became of messages whose sending was never answered, and sends again, once, what certainly never got there.</summary>
/// <remarks>
/// Certainly: Twilio's list shows a reply that we sent later, and not this one. A list that shows none of our messages proves nothing.
/// </remarks>
public sealed class UncertainReplies(
    TwilioMessageList messages, ReplyOutbox replies, DeliveryStatus delivery, Database database, IOptions<PipelineSettings> settings,
    ILogger<UncertainReplies> log)
{
    private const int MostAtOnce = 100;

    /// <summary>Between Twilio's clock and the database's.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>After this a reply that Twilio does not list is noted as such.</summary>
    private static readonly TimeSpan NotedAfter = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var span = Traces.Start("reconcile");
        try
        {
            foreach (var group in (await UnsettledAsync(cancellation)).GroupBy(reply => reply.Message.From))
                await SettleAsync([.. group], cancellation);
        }
        catch (Exception e) when (e is TwilioUnavailableException || DatabaseOutage.Is(e))
        {
            log.ReconciliationFailed("replies", ErrorCode.Of(e), Guid.NewGuid().ToString("N"));
        }
    }

    private async Task SettleAsync(IReadOnlyList<Unsettled> unsettled, CancellationToken cancellation)
    {
        var listed = await ListAsync(unsettled[0].Message.From!, unsettled.Min(reply => reply.CreatedAt) - ClockSkew, cancellation);
        var known = await KnownAsync(listed, cancellation);
        foreach (var reply in unsettled)
        {
            var found = listed.Find(message => !known.ContainsKey(message.Sid!) && reply.Is(message));
            if (found is not null)
            {
                known[found.Sid!] = null;
                await SentAfterAllAsync(reply, found, cancellation);
            }
            else if (!reply.IsNeverResent && known.Values.Any(sentAt => sentAt > reply.TriedAt))
            {
                await ResendAsync(reply);
            }
            else if (reply.TriedAt < DateTimeOffset.UtcNow - NotedAfter)
            {
                await NoteAsync(reply, cancellation);
            }
        }
    }

    /// <remarks>Not by <c>DateSent</c>: a message that still waits at Twilio has none, and must not be taken for one that never got there.</remarks>
    private async Task<List<ListedMessage>> ListAsync(string from, DateTimeOffset since, CancellationToken cancellation)
    {
        var listed = new List<ListedMessage>();
        await foreach (var page in messages.ListAsync(null, cancellation, ("From", from)))
        {
            listed.AddRange(page.Where(message => message.Sid is not null && message.Direction?.StartsWith("outbound", StringComparison.Ordinal) == true));
            if (page.Any(message => message.At < since))
                break;
        }

        return listed;
    }

    /// <summary>A reply that is <c>sending</c> for long was left behind by a process that died.</summary>
    private async Task<List<Unsettled>> UnsettledAsync(CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select id, replace(kind, '_', ''), family_id, message_sid, to_address, from_address, body, created_at, updated_at, resent_at is not null
            from outbound_messages
            where status in ('sending', 'uncertain') and created_at > now() - $1::interval
              and updated_at < now() - $2::interval * case status when 'sending' then 5 else 1 end
            order by created_at limit $3
            """,
            settings.Value.ReconcileBack, settings.Value.ReconcileAfter, MostAtOnce);
        return await batch.ListAsync(
            row => new Unsettled(
                row.GetGuid(0),
                new OutgoingMessage(
                    Enum.Parse<ReplyKind>(row.GetString(1), ignoreCase: true), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetString(3),
                    row.GetString(4), row.GetString(5), row.GetString(6)),
                row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<DateTimeOffset>(8), row.GetBoolean(9)),
            cancellation);
    }

    /// <summary>When we sent those of the listed messages whose fate is known.</summary>
    private async Task<Dictionary<string, DateTimeOffset?>> KnownAsync(IEnumerable<ListedMessage> listed, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select provider_sid, sent_at from outbound_messages where provider_sid = any ($1)", [listed.Select(message => message.Sid!).ToArray()]);
        var rows = await batch.ListAsync(row => (Sid: row.GetString(0), SentAt: row.IsDBNull(1) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(1)), cancellation);
        return rows.ToDictionary(row => row.Sid, row => row.SentAt);
    }

    private async Task SentAfterAllAsync(Unsettled reply, ListedMessage found, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            update outbound_messages set status = 'sent', provider_sid = $2, error_code = null, sent_at = coalesce($3::timestamptz, now()), updated_at = now()
            where id = $1 and status in ('sending', 'uncertain')
            """,
            reply.Id, found.Sid, found.At);
        await batch.ExecuteAsync(cancellation);
        if (found.Status is { } status)
            await delivery.StoreAsync(found.Sid!, status, null, cancellation);
        log.UncertainReplySettled(reply.Message.Reference, "sent");
    }

    private async Task ResendAsync(Unsettled reply)
    {
        if (await replies.ResendAsync(reply.Message) is { } result)
            log.UncertainReplySettled(reply.Message.Reference, $"resent_{result.Outcome}");
    }

    private async Task NoteAsync(Unsettled reply, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            update outbound_messages set status = 'uncertain', error_code = 'not_found_at_provider'
            where id = $1 and status in ('sending', 'uncertain') and error_code is distinct from 'not_found_at_provider'
            """,
            reply.Id);
        if (await batch.ExecuteAsync(cancellation) > 0)
            log.UncertainReplySettled(reply.Message.Reference, "not_found_at_provider");
    }

    /// <param name="TriedAt">When its fate became uncertain.</param>
    private sealed record Unsettled(Guid Id, OutgoingMessage Message, DateTimeOffset CreatedAt, DateTimeOffset TriedAt, bool WasResent)
    {
        /// <summary>It was sent twice already, or it is worth nothing later; a code or link is not stored either.</summary>
        public bool IsNeverResent =>
            WasResent || Message.Kind is ReplyKind.Reminder or ReplyKind.TaskNotice or ReplyKind.Digest or ReplyKind.Code or ReplyKind.UnknownSender || LoginLinks.HadLink(Message.Body);

        /// <summary>Matches receiver and text. A trial account of Twilio adds a prefix to the text.</summary>
        public bool Is(ListedMessage listed) =>
            listed.To == Message.To && listed.Body is { } sent && Keep(sent).EndsWith(TwilioClient.Fit(Message.Body), StringComparison.Ordinal) && !(listed.At < CreatedAt - ClockSkew);

        private string Keep(string sent) => Message.Kind == ReplyKind.Code ? LoginCodes.Keep(sent) : LoginLinks.Keep(sent);
    }
}
