using System.CommandLine;
using System.Diagnostics;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Operations;
using Spectre.Console;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa replay</c>: replays one or many messages.</summary>
internal static class ReplayCommand
{
    private const int PreviewSize = 1000;
    private const int BatchSize = 100;

    private static readonly Argument<string[]> Sids = new("sid") { Description = "MessageSids, instead of a filter.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> FromPhase = new Option<string?>("--from-phase")
    {
        Description = "Repeat this phase and the later ones, at their full cost. Default: continue at the phase that failed.",
    }.AcceptOnlyFromAmong(FilterOptions.PhaseNames);

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show the outcomes without changes." };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask for confirmation. Required without a terminal." };
    private static readonly Option<int?> Limit = new("--limit") { Description = "Maximum count of the filter's messages, the oldest first." };

    public static Command Create()
    {
        var command = new Command("replay", "Replay messages. Their effects occur only once.") { Sids, FromPhase, DryRun, Yes, Limit };
        var filter = new FilterOptions().AddTo(command);
        Limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--limit must be 1 or more");
        });
        command.SetAction((parsed, cancellation) => RunAsync(parsed, filter.Read(parsed), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Dictionary<string, string> filter, CancellationToken cancellation)
    {
        var sids = (parsed.GetValue(Sids) ?? []).Distinct().ToArray();
        var limit = parsed.GetValue(Limit);
        if (sids.Length > 0 == (filter.Count > 0 || limit is not null))
            throw CliException.Usage("which messages? Name them, or give a filter such as --status failed --since 1h");

        using var api = OperatorApi.Of(parsed);
        var replay = new BulkReplay(api, sids, filter, parsed.GetValue(FromPhase));
        var json = parsed.GetValue(GlobalOptions.Json);
        if (sids is [var only])
            return Report(await replay.OneAsync(only, parsed.GetValue(DryRun), cancellation), TimeSpan.Zero, json);

        var preview = await replay.PageAsync(dryRun: true, Math.Min(limit ?? PreviewSize, PreviewSize), null, cancellation);
        var total = (int)Math.Min(limit ?? long.MaxValue, preview.Totals["matched"]);
        if (parsed.GetValue(DryRun))
            return Report(await replay.AllAsync(dryRun: true, PreviewSize, total, _ => { }, cancellation), TimeSpan.Zero, json);
        if (total == 0)
        {
            if (json)
                Screen.Json(preview);
            Screen.Note("No message matches.");
            return ExitCode.Ok;
        }

        Screen.Note($"{total} messages{(preview.More ? $"; of the first {preview.Jobs.Count}" : "")}: {Counts(preview.Jobs)}");
        if (!parsed.GetValue(Yes))
        {
            if (json || !Screen.IsInteractive)
                throw CliException.Usage("no terminal for the confirmation: add --yes to replay them, or --dry-run");
            if (!Screen.Confirm($"Replay {total} messages{(parsed.GetValue(FromPhase) is { } phase ? $" from {phase}" : "")}?"))
                return ExitCode.Failed;
        }

        var clock = Stopwatch.StartNew();
        var done = new List<ReplayResult>();
        try
        {
            await Screen.Err.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async progress =>
                {
                    var bar = progress.AddTask("Replaying", maxValue: total);
                    await replay.AllAsync(dryRun: false, BatchSize, total, jobs =>
                    {
                        done.AddRange(jobs);
                        bar.Increment(jobs.Count);
                    }, cancellation);
                });
        }
        catch (CliException) when (done.Count > 0)
        {
            Screen.Note($"Stopped after {done.Count} of {total}: {Counts(done)}. Repeat the command to continue with the rest.");
            throw;
        }

        return Report(done, clock.Elapsed, json);
    }

    private static int Report(IReadOnlyList<ReplayResult> jobs, TimeSpan took, bool json)
    {
        if (json)
        {
            Screen.Json(new { jobs, totals = jobs.GroupBy(job => job.Outcome).ToDictionary(outcome => outcome.Key, outcome => outcome.Count()) });
        }
        else if (took > TimeSpan.Zero)
        {
            Screen.Line($"{jobs.Count} messages in {took.TotalSeconds:0.0} s: {Counts(jobs)}");
        }
        else
        {
            var table = Screen.Table("Message", "Outcome", "Status", "Phase", "Replays");
            foreach (var job in jobs)
                table.Row(job.MessageSid, job.Outcome, job.Status, job.Phase, job.Generation);
            Screen.Out.Write(table);
        }

        return jobs.Any(job => job.Outcome is "unknown" or "unknown_sender" or "which_family") ? ExitCode.Failed : ExitCode.Ok;
    }

    private static string Counts(IEnumerable<ReplayResult> jobs) =>
        string.Join(", ", jobs.GroupBy(job => job.Outcome).OrderByDescending(outcome => outcome.Count()).Select(outcome => $"{outcome.Count()} {outcome.Key}"));
}
