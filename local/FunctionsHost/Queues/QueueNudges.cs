using System.Diagnostics;
using System.Globalization;
using System.Web;

namespace FunctionsHost.Queues;

/// <summary>Polls a queue as soon as a message of the app becomes visible in it.</summary>
internal sealed class QueueNudges
{
    /// <summary>Polls the queue of this name; null while nothing listens.</summary>
    public Action<string>? Look { get; set; }

    /// <summary>Whether the line is a report of <see cref="QueuedMessages"/> instead of app output.</summary>
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

/// <summary>
/// Runs in the worker's process and reports on standard output each message that the app sends or releases. Without it the host would have to poll ten times a second.
/// </summary>
/// <remarks>It observes HttpClient's diagnostic events, so the app needs no change.</remarks>
internal static class QueuedMessages
{
    /// <summary>Prefix of a report. The queue's name and the visibility delay in seconds follow.</summary>
    public const string Prefix = "functions-host queued ";

    /// <remarks>Subscribes to one event only. With the other events of this source every request would become a span.</remarks>
    public static void Report() => DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(source =>
    {
        if (source.Name == "HttpHandlerDiagnosticListener")
            source.Subscribe(new Observer<KeyValuePair<string, object?>>(happened => Report(happened.Value)), (name, _, _) => name == "System.Net.Http.Response");
    }));

    private static void Report(object? happened)
    {
        if (happened?.GetType().GetProperty("Response")?.GetValue(happened) is HttpResponseMessage { IsSuccessStatusCode: true, RequestMessage: { RequestUri: { } address } request }
            && (request.Method == HttpMethod.Post || request.Method == HttpMethod.Put)
            && address.AbsolutePath.LastIndexOf("/messages", StringComparison.Ordinal) is var end and > 0)
        {
            var queue = address.AbsolutePath[..end];
            var hidden = HttpUtility.ParseQueryString(address.Query)["visibilitytimeout"] ?? "0";
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{queue[(queue.LastIndexOf('/') + 1)..]} {hidden}"));
        }
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
