using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Media;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Erasure;

/// <summary>The counts that remain of an erased family.</summary>
/// <param name="Remaining">Pending deletions outside the database. Later runs retry them.</param>
public sealed record Erasure(Guid ErasureId, int Members, int Messages, int Tasks, int Replies, decimal CostUsd, long Remaining);

/// <summary>Deletes a family: in the database at once, then in Blob storage and at Twilio, with retries until nothing is left.</summary>
public sealed class Erasures(Database database, MediaStore media, TwilioMessageList twilio, IOptions<AppSettings> app, ILogger<Erasures> log)
{
    private const int BatchSize = 40;

    /// <summary>Timeout of the transaction that deletes the whole family.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How long the request itself deletes outside the database, before the timer takes over.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    /// <summary>After this time no queue message of the family can arrive any more.</summary>
    private static readonly TimeSpan InFlight = TimeSpan.FromDays(1);

    /// <returns>Null when there is no such family.</returns>
    public async Task<Erasure?> EraseAsync(Guid familyId, Actor actor, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select id, members, messages, tasks, replies, cost_usd from erase_family($1, $2, $3)", familyId, actor.Name, actor.RequestId).Within(Longest);
        var erasure = await batch.SingleAsync(
            row => new Erasure(row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetDecimal(5), 0), cancellation);
        if (erasure is null)
            return null;
        log.FamilyErased(erasure.ErasureId, actor.RequestId);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AtOnce);
        try
        {
            await WorkAsync(erasure.ErasureId, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The timer deletes the rest.
        }

        await using var rest = database.AsService().Add(
            "select count(*) from erasure_items where erasure_id = $1 and kind <> 'in_flight'", erasure.ErasureId);
        return erasure with { Remaining = await rest.SingleAsync(row => row.GetInt64(0), cancellation) };
    }

    /// <summary>Continues all unfinished erasures.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await using (var batch = database.AsService().Add("delete from erasure_items where kind = 'in_flight' and created_at < now() - $1::interval", InFlight))
                await batch.ExecuteAsync(cancellation);
            await WorkAsync(null, cancellation);
        }
        catch (Npgsql.NpgsqlException e)
        {
            log.RetentionFailed("erasures", ErrorCode.Of(e));
        }
    }

    private async Task WorkAsync(Guid? erasureId, CancellationToken cancellation)
    {
        var run = Guid.NewGuid();
        while (await NextAsync(erasureId, run, cancellation) is { Count: > 0 } items)
        {
            var succeeded = 0;
            await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation }, async (item, token) =>
            {
                if (await DeleteAsync(item, run, token))
                    Interlocked.Increment(ref succeeded);
            });
            // When every deletion of a batch failed, the service is unavailable and the others would fail too.
            if (succeeded == 0)
                break;
        }

        await using var done = database.AsService().Add(
            "update erasures e set completed_at = now() where completed_at is null and not exists (select from erasure_items i where i.erasure_id = e.id)");
        await done.ExecuteAsync(cancellation);
    }

    private async Task<List<Item>> NextAsync(Guid? erasureId, Guid run, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            """
            select erasure_id, reference, kind from erasure_items
            where kind <> 'in_flight' and ($1::uuid is null or erasure_id = $1) and last_run is distinct from $2
            order by attempts, kind = 'address', created_at, reference, kind limit $3
            """,
            erasureId, run, BatchSize);
        return await batch.ListAsync(row => new Item(row.IsDBNull(0) ? null : row.GetGuid(0), row.GetString(1), row.GetString(2)), cancellation);
    }

    /// <returns>Whether the item no longer exists.</returns>
    private async Task<bool> DeleteAsync(Item item, Guid run, CancellationToken cancellation)
    {
        string? failure = null;
        try
        {
            if (item.Kind == "blobs")
                await media.DeleteAllAsync(item.Reference, cancellation);
            else if (item.Kind == "address")
                await DeleteAllAsync(item.Reference, cancellation);
            else
                await twilio.DeleteAsync(item.Reference, cancellation);
        }
        catch (Exception e) when (e is TwilioUnavailableException or Azure.RequestFailedException or AggregateException)
        {
            failure = ErrorCode.Of(e);
            log.ErasureFailed(item.ErasureId, item.Kind, failure);
        }

        await using var batch = failure is null
            ? database.AsService().Add("delete from erasure_items where reference = $1 and kind = $2", item.Reference, item.Kind)
            : database.AsService().Add(
                "update erasure_items set attempts = attempts + 1, error_code = $3, last_run = $4 where reference = $1 and kind = $2",
                item.Reference, item.Kind, failure, run);
        await batch.ExecuteAsync(cancellation);
        return failure is null;
    }

    /// <summary>Deletes every message from and to an address, except those of other numbers of the account.</summary>
    private async Task DeleteAllAsync(string address, CancellationToken cancellation)
    {
        var ours = app.Value.Numbers().Select(Address.WithoutChannel).ToHashSet();
        var sids = new List<string>();
        foreach (var side in (string[])["From", "To"])
        {
            await foreach (var page in twilio.ListAsync(null, cancellation, (side, address)))
                sids.AddRange(page.Where(IsOurs).Select(message => message.Sid).OfType<string>());
        }

        foreach (var sid in sids)
            await twilio.DeleteAsync(sid, cancellation);

        bool IsOurs(ListedMessage message) =>
            ours.Count == 0 || new[] { message.From, message.To }.Any(side => side is not null && ours.Contains(Address.WithoutChannel(side)));
    }

    private sealed record Item(Guid? ErasureId, string Reference, string Kind);
}
