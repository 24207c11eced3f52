using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Media;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Retention;

/// <summary>Removes the content of finished messages after its retention period. Status, times and cost stay.</summary>
public sealed class RetentionRun(Database database, MediaStore media, IOptions<RetentionSettings> settings, ILogger<RetentionRun> log)
{
    /// <summary>Rows per statement, so that locks are short.</summary>
    private const int BatchSize = 500;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var span = Traces.Start("retention");
        var (raw, kept, said) = (settings.Value.RawPayloadDays, settings.Value.MediaDays, settings.Value.TranscriptDays);
        await RunAsync("media", token => RemoveMediaAsync(kept, raw, token), cancellation);
        await RunAsync("payloads", RetentionSql.Payloads, raw, cancellation);
        await RunAsync("transcripts", RetentionSql.Transcripts, said, cancellation);
        await RunAsync("replies", RetentionSql.Replies, said, cancellation);
        await RunAsync("questions", RetentionSql.Questions, said, cancellation);
        await RunAsync("changes", RetentionSql.Changes, said, cancellation);
        await RunAsync("strangers", RetentionSql.Strangers, raw, cancellation);
        await RunAsync("poison", RetentionSql.Poison, raw, cancellation);
        await RunAsync("refusals", RetentionSql.Refusals, raw, cancellation);
        await RunAsync("sign_ins", RetentionSql.SignIns, 1, cancellation);
        await RunAsync("limits", RetentionSql.Limits, said, cancellation);
    }

    private Task RunAsync(string what, string sql, int days, CancellationToken cancellation) => RunAsync(
        what,
        async token =>
        {
            await using var batch = database.AsService().Add(sql, days, BatchSize);
            return await batch.SingleAsync(row => row.GetInt64(0), token);
        },
        cancellation);

    /// <summary>Runs batches until nothing is left. A failure ends only this kind of content, until the next run.</summary>
    private async Task RunAsync(string what, Func<CancellationToken, Task<long>> remove, CancellationToken cancellation)
    {
        var count = 0L;
        try
        {
            for (var removed = 1L; removed > 0; count += removed)
                removed = await remove(cancellation);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or Azure.RequestFailedException or AggregateException)
        {
            log.RetentionFailed(what, ErrorCode.Of(e));
        }

        if (count > 0)
            log.Removed(what, count);
    }

    /// <summary>Deletes the blobs before their rows, so that no blob is forgotten.</summary>
    private async Task<long> RemoveMediaAsync(int days, int daysOfFailed, CancellationToken cancellation)
    {
        await using var due = database.AsService().Add(RetentionSql.DueMedia, days, daysOfFailed, BatchSize);
        var sids = await due.ListAsync(row => row.GetString(0), cancellation);
        await Parallel.ForEachAsync(
            sids, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation }, async (sid, token) => await media.DeleteAllAsync(sid, token));
        if (sids.Count == 0)
            return 0;
        await using var forget = database.AsService()
            .Add("update media_files set blob_name = null, media_url = null where message_sid = any ($1)", [sids.ToArray()])
            .Add("update voice_transcriptions set media_url = null where message_sid = any ($1)", [sids.ToArray()]);
        await forget.ExecuteAsync(cancellation);
        return sids.Count;
    }
}
