using System.Diagnostics;
using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Ingestion;

/// <summary>Takes in verified messages: stored once, by constraint, then handed to the pipeline.</summary>
public sealed class MessageIngestion(
    IngestionConnections connections, PhaseQueues queues, IOptions<PipelineSettings> settings, IOptions<LimitSettings> limits, ILogger<MessageIngestion> log)
{
    /// <summary>Longer than this the queue is not waited for: Twilio gives up after 15 s, and the sweeper sends what was not sent.</summary>
    private static readonly TimeSpan EnqueueLimit = TimeSpan.FromSeconds(5);

    private long lastAnswer;

    /// <summary>
    /// One round trip to the database and one queue operation for a message that is new; another round trip where it begins with the name of one of
    /// the sender's families.
    /// </summary>
    /// <exception cref="NpgsqlException">The database did not take it, or has not said so in time.</exception>
    public async Task<Acceptance> AcceptAsync(InboundMessage message, string requestId, CancellationToken cancellation)
    {
        var phase = message.FirstPhase;
        using var span = Traces.Start("persist", message.MessageSid)?.SetTag("request_id", requestId).SetTag("size_bytes", message.RawBody.Length);
        var (outcome, familyId, acted, invitation, choice) = await StoreInTimeAsync(message, requestId, phase, cancellation);
        if (outcome == "chosen")
            return await AcceptAsync(message.For(new(familyId!.Value, choice!.Text!)), requestId, cancellation);

        span?.SetTag("family_id", familyId).End(outcome);
        Meters.MessageIngested(outcome, MessageSids.IsSynthetic(message.MessageSid) ? "synthetic" : SourceOf(message));
        log.MessageIngested(message.MessageSid, requestId, "persist", familyId, outcome, message.RawBody.Length);
        if (acted is not null)
        {
            Meters.LimitActed(acted.Limit);
            if (acted.IsFirst)
                log.RateLimitReached(message.MessageSid, requestId, familyId, acted.Limit, acted.Most, acted.Value);
            return Acceptance.Held(acted.Limit, acted.RetryAfter, outcome == "throttled");
        }

        if (outcome != "accepted")
        {
            // It may have been stored by the very try that was given up, and then nothing has been sent for it.
            if (outcome == "duplicate" && familyId is not null && message.Source == MessageSource.Fallback)
                await EnqueueAsync(message.MessageSid, phase, requestId);
            return outcome switch
            {
                "unmatched" => Acceptance.Answered("UnknownSender", Phrases.UnknownSender),
                "invited" => Acceptance.Answered("Invited", InvitationText.Question(invitation!, message.From)),
                "joined" => Acceptance.Answered("Joined", InvitationText.Joined(invitation!, message.From)),
                "declined" => Acceptance.Answered("Declined", InvitationText.Declined(invitation!, message.From)),
                "unmatched_again" => Acceptance.UnknownSenderAgain,
                "asked" => Acceptance.Answered("WhichFamily", WhichFamily(choice!, message.From)),
                "waits" => Acceptance.Waits,
                _ => Acceptance.Duplicate,
            };
        }

        await EnqueueAsync(message.MessageSid, phase, requestId);
        if (message.Chosen is not null)
            await ReleaseAsync(requestId, message.From, cancellation);
        return Acceptance.Accepted;
    }

    /// <summary>Takes in messages whose sender has chosen a family since, or is in one only. The sweeper's next run takes in what is left.</summary>
    /// <param name="from">The sender's address; null for all.</param>
    public async Task ReleaseAsync(string requestId, string? from, CancellationToken cancellation)
    {
        try
        {
            foreach (var message in await connections.UseAsync(database => FindReleasedAsync(database, from, cancellation), cancellation))
                await AcceptAsync(message, requestId, cancellation);
        }
        catch (Exception e) when (DatabaseOutage.Is(e))
        {
            log.SweepFailed(ErrorCode.Of(e));
        }
    }

    private static async Task<List<InboundMessage>> FindReleasedAsync(Database database, string? from, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select u.raw_payload::text, u.source, u.received_at from unmatched_messages u
            where u.waiting_for is not null and ($1::text is null or u.from_address = $1) and family_is_clear(u.waiting_for)
            order by u.received_at limit 100
            """,
            from);
        return await batch.ListAsync(UnmatchedMessages.Read, cancellation);
    }

    private static string WhichFamily(Choice choice, string to)
    {
        var wording = Wording.Of(null, choice.Locale!, to);
        return wording.Plain(wording.Format(wording.Phrases.WhichFamily, choice.Text!));
    }

    /// <remarks>
    /// A database that answers others is busy, not away, and is waited for. One that has answered nobody for that long is left behind, not
    /// cancelled: to cancel a command Npgsql waits, on a thread, for a server that may be frozen.
    /// </remarks>
    private async Task<Stored> StoreInTimeAsync(
        InboundMessage message, string requestId, Phase phase, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var storing = StoreInTurnAsync(message, requestId, phase, cancellation);
        while (true)
        {
            var silence = Stopwatch.GetElapsedTime(Math.Max(started, Interlocked.Read(ref lastAnswer)));
            try
            {
                var left = settings.Value.AcceptTimeout - silence;
                return await storing.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation);
            }
            catch (TimeoutException) when (Interlocked.Read(ref lastAnswer) > started
                && Stopwatch.GetElapsedTime(Interlocked.Read(ref lastAnswer)) < settings.Value.AcceptTimeout)
            {
                // The database answered other requests meanwhile, so this one will be answered too.
            }
            catch (TimeoutException e)
            {
                throw new NpgsqlException("The database did not answer in time.", e);
            }
        }
    }

    /// <summary>A burst waits here, in its order, and not for a connection: the pool gives up on who waits for one for seconds.</summary>
    private Task<Stored> StoreInTurnAsync(InboundMessage message, string requestId, Phase phase, CancellationToken cancellation) =>
        connections.UseAsync(
            async database =>
            {
                var stored = await StoreAsync(database, message, requestId, phase, cancellation);
                Interlocked.Exchange(ref lastAnswer, Stopwatch.GetTimestamp());
                return stored;
            },
            cancellation);

    private async Task<Stored> StoreAsync(Database database, InboundMessage message, string requestId, Phase phase, CancellationToken cancellation)
    {
        await using var batch = database.AsService();
        var optIn = message.JoinsAgain ? Keyword.Start.Reason() : null;
        if ((message.Reason ?? optIn) is { } reason && (reason == Keyword.Stop.Reason() || reason == Keyword.Start.Reason()))
        {
            batch.Guard(
                "select record_unknown_sender_opt_out($1, $2, $3, $4::timestamptz)",
                message.MessageSid, PgText.Clean(E164Phone.Canonical(message.From)), reason, message.ReceivedAt?.ToUniversalTime());
        }

        batch.Add(
            """
            select outcome, family_id, reason, limit_value, value, retry_after, first, invitation::text, choice::text
            from accept_message(jsonb_populate_record(null::received_message, $1::jsonb), row($2, $3, $4, $5, $6)::rate_limits)
            """,
            ToJson(message, requestId, phase), limits.Value.SenderPerMinute, limits.Value.GlobalPerHour, limits.Value.GlobalPerDay,
            limits.Value.FamilySharePercent, limits.Value.StrangersPerDay);
        return (await batch.SingleAsync(
            row => new Stored(row.Get<string>("outcome"), row.Get<Guid?>("family_id"), row.Get<string?>("reason") is { } reason ? ReadReached(row, reason) : null,
                row.Get<string?>("invitation") is { } invitation ? RowJson.Read<InvitedTo>(invitation) : null,
                row.Get<string?>("choice") is { } choice ? RowJson.Read<Choice>(choice) : null),
            cancellation))!;
    }

    private static RateReached ReadReached(NpgsqlDataReader row, string reason) => new(
        reason, row.Get<int>("limit_value"), row.Get<int>("value"), TimeSpan.FromSeconds(row.Get<int>("retry_after")), row.Get<bool?>("first") is true);

    /// <summary>The fields are those of the database's type <c>received_message</c>.</summary>
    private string ToJson(InboundMessage message, string requestId, Phase phase) => JsonSerializer.Serialize(new
    {
        message_sid = message.MessageSid,
        from_address = PgText.Clean(message.From),
        phone = PgText.Clean(E164Phone.Canonical(message.From)),
        to_address = PgText.Clean(message.To),
        body = PgText.Clean(message.Body),
        num_media = message.MediaCount,
        form = message.StorableForm(),
        size_bytes = message.RawBody.Length,
        idempotency_token = message.IdempotencyToken is { } token ? PgText.Clean(token) : null,
        request_id = requestId,
        traceparent = Traces.Carried,
        phase = phase.Name(),
        reason = message.Reason,
        source = SourceOf(message),
        received_at = message.ReceivedAt,
        answer = message.Answer,
        joins_again = message.JoinsAgain,
        same_texts = limits.Value.SameTextsInARow,
        external_user_id = message.ExternalUserId,
        family_id = message.Chosen?.Id,
        answer_within = settings.Value.AnswerWithin,
        said = message.Said is { } said ? PgText.Clean(said) : null,
    });

    private static string SourceOf(InboundMessage message) => message.Source.ToString().ToLowerInvariant();

    /// <remarks>Not bound to the caller's cancellation: the message is stored, so a caller that hangs up changes nothing.</remarks>
    private async Task EnqueueAsync(string messageSid, Phase phase, string requestId)
    {
        using var limit = new CancellationTokenSource(EnqueueLimit);
        try
        {
            await queues.SendAsync(phase, new JobMessage(messageSid, 0, Traces.Carried), limit.Token);
        }
        catch (Exception e) when (e is Azure.RequestFailedException or OperationCanceledException or AggregateException)
        {
            log.MessageNotQueued(messageSid, requestId, phase.Name(), ErrorCode.Of(e));
        }
    }

    private sealed record Stored(string Outcome, Guid? FamilyId, RateReached? Reached, InvitedTo? Invitation, Choice? Choice);

    /// <param name="Text">What is left of the message without a family's name, or the families that the sender is asked for.</param>
    private sealed record Choice(string? Text, string? Locale);

    /// <param name="IsFirst">The first message in its window that this limit held back: only that one is worth a warning.</param>
    private sealed record RateReached(string Limit, int Most, int Value, TimeSpan RetryAfter, bool IsFirst);
}
