using System.Diagnostics;
using System.Globalization;
using System.Web;

namespace FunctionsHost.Queues;

/// <summary>
/// Runs in the worker's process: reports on standard output each message that the app puts or gives back into a queue, so that the host need not
/// poll ten times a second to find it soon.
/// </summary>
/// <remarks>From what HttpClient tells of each request: the app's clients are its own, and nothing in it knows of this host.</remarks>
internal static class QueuedMessages
{
    /// <summary>What such a line begins with; the queue's name and the seconds that its message stays hidden follow.</summary>
    public const string Prefix = "functions-host queued ";

    private const string Messages = "/messages";

    /// <remarks>One event alone: with the others of that listener every request would become a span.</remarks>
    public static void Report() => DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(source =>
    {
        if (source.Name == "HttpHandlerDiagnosticListener")
            source.Subscribe(new Observer<KeyValuePair<string, object?>>(happened => Report(happened.Value)), (name, _, _) => name == "System.Net.Http.Response");
    }));

    private static void Report(object? happened)
    {
        if (happened?.GetType().GetProperty("Response")?.GetValue(happened) is HttpResponseMessage { IsSuccessStatusCode: true, RequestMessage: { RequestUri: { } address } request }
            && (request.Method == HttpMethod.Post || request.Method == HttpMethod.Put)
            && address.AbsolutePath.LastIndexOf(Messages, StringComparison.Ordinal) is var end and > 0)
        {
            var queue = address.AbsolutePath[..end];
            var hidden = HttpUtility.ParseQueryString(address.Query)["visibilitytimeout"] ?? "0";
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{queue[(queue.LastIndexOf('/') + 1)..]} {hidden}"));
        }
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
