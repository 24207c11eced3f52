using System.Diagnostics;
using System.Web;

namespace FunctionsRuntime.Queues;

/// <summary>
/// Hears of every message that this process puts or gives back into a queue, so that nobody need wait, or ask Azurite ten times a second,
/// until it is found.
/// </summary>
/// <remarks>From what HttpClient tells of each request: the app's clients are its own, and nothing in it knows of this host.</remarks>
/// <param name="heard">Told the queue's address and how long its message stays hidden.</param>
internal sealed class OwnMessages(Action<Uri, TimeSpan> heard) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Messages = "/messages";

    private readonly List<IDisposable> subscriptions = [];

    public void Listen() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    /// <remarks>This event alone: with the others of that listener every request would become a span.</remarks>
    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener source)
    {
        if (source.Name == "HttpHandlerDiagnosticListener")
            subscriptions.Add(source.Subscribe(this, (name, _, _) => name == "System.Net.Http.Response"));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> happened)
    {
        if (happened.Value?.GetType().GetProperty("Response")?.GetValue(happened.Value) is HttpResponseMessage { IsSuccessStatusCode: true, RequestMessage: { RequestUri: { } address } request }
            && (request.Method == HttpMethod.Post || request.Method == HttpMethod.Put)
            && address.AbsolutePath.LastIndexOf(Messages, StringComparison.Ordinal) is var end and > 0)
        {
            heard(
                new Uri(address, address.AbsolutePath[..end]),
                TimeSpan.FromSeconds(int.TryParse(HttpUtility.ParseQueryString(address.Query)["visibilitytimeout"], out var seconds) ? seconds : 0));
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    public void Dispose() => subscriptions.ForEach(subscription => subscription.Dispose());
}
