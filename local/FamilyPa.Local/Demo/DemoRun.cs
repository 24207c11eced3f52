using System.Diagnostics;
using FamilyPa.Local.Running;
using Spectre.Console;

namespace FamilyPa.Local.Demo;

/// <summary>Sends a text and a voice note through the real webhook and follows them to the end.</summary>
internal static class DemoRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <returns>The reason of the failure; null on success.</returns>
    public static async Task<string?> RunAsync(LocalRun run, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await using var database = new DemoDatabase(run.Database.AdminConnectionString);
        var sent = new List<DemoMessage> { await DemoSender.SendTextAsync(run, cancellationToken) };
        if (await DemoSender.SendVoiceAsync(run, cancellationToken) is { } voice)
            sent.Add(voice);

        var timelines = await Task.WhenAll(sent.Select(message => FollowAsync(database, message, clock, cancellationToken)));
        DemoReport.Show(console, [.. sent.Zip(timelines)]);
        console.WriteLine($"board: {run.File.BaseUrl}/board");
        return sent.Zip(timelines).Select(pair => Judge(pair.First, pair.Second)).FirstOrDefault(reason => reason is not null);
    }

    private static async Task<DemoTimeline> FollowAsync(DemoDatabase database, DemoMessage message, Stopwatch clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            var timeline = await database.ReadAsync(message.MessageSid, cancellationToken);
            if ((timeline.IsTerminal && timeline.IsAnswered) || !message.Accepted || clock.Elapsed > Limit)
                return timeline;
            await Task.Delay(Pace, cancellationToken);
        }
    }

    private static string? Judge(DemoMessage message, DemoTimeline timeline) => timeline switch
    {
        _ when message.HttpStatus is null => $"The webhook did not answer the {message.Kind}.",
        _ when !message.Accepted => $"The webhook answered the {message.Kind} with HTTP {message.HttpStatus}.",
        { Status: null } => $"The {message.Kind} was answered with {message.HttpStatus} and is not in the database.",
        { IsTerminal: false } => $"The {message.Kind} is still {timeline.Status} after {Limit.TotalSeconds:0} s.",
        { Status: "failed" } => $"The {message.Kind} failed: {timeline.Error ?? timeline.Reason}",
        { Status: "rejected" } when message.Kind == "text" => $"The text was rejected: {timeline.Reason}",
        { Tasks.Count: not 2 } when message.Kind == "text" => $"The text asks for 2 tasks and became {timeline.Tasks.Count}.",
        { IsAnswered: false } => $"The {message.Kind} has no reply.",
        _ => null,
    };
}
