using System.Globalization;

namespace FunctionsHost.Queues;

/// <summary>Has a queue looked at as soon as the app's own message shows in it.</summary>
internal sealed class QueueNudges
{
    /// <summary>Looks at the queue of this name now; null while nothing listens.</summary>
    public Action<string>? Look { get; set; }

    /// <summary>Whether the line is a report of <see cref="QueuedMessages"/>, and not of the app's log.</summary>
    public bool TryTake(string line)
    {
        if (!line.StartsWith(QueuedMessages.Prefix, StringComparison.Ordinal))
            return false;
        if (line[QueuedMessages.Prefix.Length..].Split(' ') is [var queue, var hidden] && int.TryParse(hidden, CultureInfo.InvariantCulture, out var seconds))
            _ = NudgeAsync(queue, TimeSpan.FromSeconds(seconds));
        return true;
    }

    private async Task NudgeAsync(string queue, TimeSpan hidden)
    {
        await Task.Delay(hidden);
        Look?.Invoke(queue);
    }
}
