using FamilyPa.Core.Operations;

namespace FamilyPa.Cli.Api;

/// <summary>Replays many messages page by page, named or selected by a filter.</summary>
internal sealed class BulkReplay(OperatorApi api, string[] messageSids, Dictionary<string, string> filter, string? fromPhase)
{
    public async Task<IReadOnlyList<ReplayResult>> OneAsync(string messageSid, bool dryRun, CancellationToken cancellation) =>
        (await api.ReplayAsync(new { message_sid = messageSid, from_phase = fromPhase, dry_run = dryRun }, cancellation)).Jobs;

    /// <param name="most">Upper limit, even if more messages match in the meantime.</param>
    /// <param name="progress">Called with each page.</param>
    public async Task<IReadOnlyList<ReplayResult>> AllAsync(
        bool dryRun, int pageSize, int most, Action<IReadOnlyList<ReplayResult>> progress, CancellationToken cancellation)
    {
        var done = new List<ReplayResult>();
        string? cursor = null;
        while (done.Count < most)
        {
            var page = await PageAsync(dryRun, Math.Min(pageSize, most - done.Count), cursor, cancellation);
            done.AddRange(page.Jobs);
            progress(page.Jobs);
            if (!page.More)
                break;
            cursor = page.NextCursor;
        }

        return done;
    }

    public async Task<ReplayAnswer> PageAsync(bool dryRun, int size, string? cursor, CancellationToken cancellation)
    {
        if (messageSids.Length == 0)
        {
            var page = new Dictionary<string, string>(filter) { ["limit"] = $"{size}" };
            if (cursor is not null)
                page["cursor"] = cursor;
            return await api.ReplayAsync(new { filter = page, from_phase = fromPhase, dry_run = dryRun }, cancellation);
        }

        // For named messages the cursor is the number of processed ones.
        var behind = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
        var answer = await api.ReplayAsync(new { message_sids = messageSids.Skip(behind).Take(size), from_phase = fromPhase, dry_run = dryRun }, cancellation);
        var ahead = behind + answer.Jobs.Count;
        return answer with
        {
            Totals = new Dictionary<string, long>(answer.Totals) { ["matched"] = messageSids.Length - behind },
            More = ahead < messageSids.Length,
            NextCursor = $"{ahead}",
        };
    }
}
