using System.Text;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Twilio;

/// <summary>Twilio as the app sees it: REST API, media with its CDN, status callbacks, and the family's phones that send to the webhook.</summary>
/// <remarks>Everything stays in memory. The control plane is under <c>/simulator</c>, see <see cref="TwilioControl"/>.</remarks>
public sealed class TwilioSimulator : IAsyncDisposable
{
    private readonly TwilioSimulatorOptions options;
    private readonly MessageStore store = new();
    private readonly Recorder<RecordedRequest> requests = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly MediaCdn cdn;
    private readonly StatusCallbacks callbacks;
    private readonly InboundSide inbound;
    private LoopbackServer? server;
    private LoopbackServer? cdnServer;

    private TwilioSimulator(TwilioSimulatorOptions options)
    {
        this.options = options;
        cdn = new MediaCdn(store);
        callbacks = new StatusCallbacks(store, options, http);
        inbound = new InboundSide(store, options, http, () => BaseUrl);
    }

    /// <summary>The value of <c>TWILIO_API_BASE_URL</c>.</summary>
    public string BaseUrl => server!.BaseUrl;

    /// <summary>The target of media redirects, on another port and so another origin.</summary>
    public string CdnBaseUrl => cdn.BaseUrl;

    /// <summary>The value of <c>TWILIO_MEDIA_HOSTS</c>.</summary>
    public string CdnHost => new Uri(cdn.BaseUrl).Authority;

    public FaultPlan Faults { get; } = new();

    /// <summary>Both directions, oldest first.</summary>
    public IReadOnlyList<TwilioMessage> All => store.Snapshot();

    /// <summary>The app's messages, oldest first, including TwiML replies.</summary>
    public IReadOnlyList<TwilioMessage> Sent => [.. store.Snapshot().Where(message => !message.IsInbound)];

    public IReadOnlyList<TwilioMessage> Received => [.. store.Snapshot().Where(message => message.IsInbound)];

    /// <summary>Every API and CDN request, refused ones included, the newest 20 000.</summary>
    public IReadOnlyList<RecordedRequest> Requests => requests.Snapshot();

    public long Calls => requests.Total;

    /// <summary>Requests to the CDN that brought credentials along. Must stay empty.</summary>
    public IReadOnlyList<RecordedRequest> LeakedCredentials => cdn.Leaks.Snapshot();

    /// <summary>Redirects media to another address, to test that the app does not follow.</summary>
    public string? MediaRedirectOverride { get => cdn.RedirectOverride; set => cdn.RedirectOverride = value; }

    /// <summary>Answers media requests with the bytes instead of a redirect to the CDN.</summary>
    public bool ServesMediaDirectly { get => cdn.IsBypassed; set => cdn.IsBypassed = value; }

    /// <summary>For an app that starts after the simulator.</summary>
    public string? WebhookUrl { get => inbound.WebhookUrl; set => inbound.WebhookUrl = value; }

    public static async Task<TwilioSimulator> StartAsync(TwilioSimulatorOptions? options = null)
    {
        var simulator = new TwilioSimulator(options ?? new TwilioSimulatorOptions());
        await simulator.StartAsync();
        return simulator;
    }

    /// <summary>Adds the message and posts it, signed, to the webhook.</summary>
    public Task<WebhookDelivery> SendInboundAsync(InboundMessage message, CancellationToken cancellation = default) =>
        inbound.DeliverAsync(inbound.Build(message).MessageSid, cancellation);

    /// <summary>Posts a message's webhook once more, with the same idempotency token.</summary>
    public Task<WebhookDelivery> RedeliverAsync(string messageSid, CancellationToken cancellation = default) =>
        inbound.DeliverAsync(messageSid, cancellation);

    /// <summary>Adds the message and returns its webhook unsent.</summary>
    public TwilioWebhook BuildInbound(InboundMessage message) => inbound.Build(message);

    /// <summary>Adds the message without a webhook, so that only the list API has it.</summary>
    public TwilioMessage RememberInbound(InboundMessage message) => inbound.Remember(message);

    /// <summary>Reports any status for a sent message: out of order, twice, or <c>read</c>.</summary>
    public Task<CallbackDelivery?> ReportStatusAsync(string messageSid, string status, int? errorCode = null) =>
        callbacks.ReportAsync(messageSid, status, errorCode);

    /// <summary>Waits for a message the app sends, or for one to reach a status.</summary>
    public Task<TwilioMessage> WaitForMessageAsync(Func<TwilioMessage, bool> predicate, TimeSpan timeout) =>
        store.WaitForAsync(message => !message.IsInbound && predicate(message), timeout);

    public Task<RecordedRequest> WaitForRequestAsync(Func<RecordedRequest, bool> predicate, TimeSpan timeout) =>
        requests.WaitForAsync(predicate, timeout, "such request to Twilio");

    public Task<CallbackDelivery> WaitForCallbackAsync(Func<CallbackDelivery, bool> predicate, TimeSpan timeout) =>
        callbacks.Deliveries.WaitForAsync(predicate, timeout, "such status callback");

    /// <summary>Forgets messages, requests and faults.</summary>
    public void Reset()
    {
        Faults.Clear();
        MediaRedirectOverride = null;
        ServesMediaDirectly = false;
        store.Clear();
        requests.Clear();
        cdn.Leaks.Clear();
        callbacks.Deliveries.Clear();
        inbound.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await callbacks.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
        if (cdnServer is not null) await cdnServer.DisposeAsync();
        http.Dispose();
    }

    private async Task StartAsync()
    {
        var open = new OperationPipeline(requests, Faults, _ => null, (_, status) => Answer.Text(status, ""));
        cdnServer = await LoopbackServer.StartAsync(app => cdn.Map(app, open));
        cdn.BaseUrl = cdnServer.BaseUrl;
        var guarded = new OperationPipeline(requests, Faults, Refuse, (_, status) => TwilioErrors.Status(status));
        server = await LoopbackServer.StartAsync(app =>
        {
            new MessagesApi(store, callbacks, options).Map(app, guarded);
            new MediaApi(store, options, cdn).Map(app, guarded);
            TwilioControl.Map(app, this);
        });
    }

    private Answer? Refuse(HttpContext context)
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.AuthToken}"));
        if (context.Request.Headers.Authorization != expected) return TwilioErrors.Unauthorized();
        return context.Request.RouteValues["account"] as string == options.AccountSid ? null : TwilioErrors.NotFound(context.Request.Path);
    }
}
