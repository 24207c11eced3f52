using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Media;
using FamilyPa.Core.Storage;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Core.Erasure;

/// <summary>What a deleted family leaves: counts.</summary>
/// <param name="Remaining">Deletions outside of the database that have not succeeded yet; later runs go on with them.</param>
public sealed record Erasure(Guid ErasureId, int Members, int Messages, int Tasks, int Replies, decimal CostUsd, long Remaining);

/// <summary>Deletes a family everywhere: in the database at once and whole, then in Blob storage and at Twilio until nothing is left there.</summary>
public sealed class Erasures(Database database, MediaStore media, TwilioMessageList twilio, ILogger<Erasures> log)
{
    private const int BatchSize = 40;

    /// <summary>All of a family goes in one transaction, years of messages included.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How much of the work outside is waited for by the one who asks.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    /// <summary>A queue message that has not come by then will not come any more.</summary>
    private static readonly TimeSpan InFlight = TimeSpan.FromDays(1);

    /// <returns>Null when there is no such family.</returns>
    public async Task<Erasure?> EraseAsync(Guid familyId, string requestId, CancellationToken cancellation)
    {
        await using var batch = database.AsService().Add(
            "select id, members, messages, tasks, replies, cost_usd from erase_family($1, $2)", familyId, requestId).Within(Longest);
        var erasure = await batch.SingleAsync(
            row => new Erasure(row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetDecimal(5), 0), cancellation);
        if (erasure is null)
            return null;
        log.FamilyErased(erasure.ErasureId, requestId);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AtOnce);
        try
        {
            await WorkAsync(erasure.ErasureId, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The rest is the timer's.
        }

        await using var rest = database.AsService().Add(
            "select count(*) from erasure_items where erasure_id = $1 and kind <> 'in_flight'", erasure.ErasureId);
        return erasure with { Remaining = await rest.SingleAsync(row => row.GetInt64(0), cancellation) };
    }

    /// <summary>Goes on with what earlier runs left, of every erasure.</summary>
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
            // None of so many: whoever is to delete them is away, and will be for the others too.
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
            where kind <> 'in_flight' and erasure_id = coalesce($1::uuid, erasure_id) and last_run is distinct from $2
            order by attempts, created_at, reference, kind limit $3
            """,
            erasureId, run, BatchSize);
        return await batch.ListAsync(row => new Item(row.GetGuid(0), row.GetString(1), row.GetString(2)), cancellation);
    }

    /// <returns>Whether it is gone.</returns>
    private async Task<bool> DeleteAsync(Item item, Guid run, CancellationToken cancellation)
    {
        string? failure = null;
        try
        {
            if (item.Kind == "blobs")
                await media.DeleteAllAsync(item.Reference, cancellation);
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

    private sealed record Item(Guid ErasureId, string Reference, string Kind);
}
