using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Local.Simulators;

/// <summary>What a webhook brought.</summary>
public sealed record Received(string Url, IReadOnlyDictionary<string, string> Form, string Signature, string IdempotencyToken);

/// <summary>An app's webhook: keeps what comes, answers as told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Url => $"{app.Urls.First()}/hook?secret=s3cr3t";

    public ConcurrentQueue<Received> Got { get; } = new();

    /// <summary>Status and body of each answer; the last one repeats.</summary>
    public Queue<(int Status, string Body)> Answers { get; } = new([(200, "<Response/>")]);

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/hook", (RequestDelegate)receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        Got.Enqueue(new Received(
            $"{app.Urls.First()}{context.Request.Path}{context.Request.QueryString}", form.ToDictionary(field => field.Key, field => field.Value.ToString()),
            context.Request.Headers["X-Twilio-Signature"].ToString(), context.Request.Headers["I-Twilio-Idempotency-Token"].ToString()));
        var (status, body) = Answers.Count > 1 ? Answers.Dequeue() : Answers.Peek();
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(body);
    }
}
