using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Hosting;

/// <summary>An operation's answer as a value, so that a fault can delay, halve or drop it after the effect.</summary>
internal sealed record Answer(int Status, byte[] Body, string? ContentType)
{
    private static readonly JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Property names are written in snake_case, as both APIs do.</summary>
    public static Answer Json(int status, object body) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(body, Snake), "application/json; charset=utf-8");

    public static Answer Text(int status, string body, string contentType = "text/plain; charset=utf-8") =>
        new(status, Encoding.UTF8.GetBytes(body), contentType);

    /// <param name="bytes">How much of the body to send; the Content-Length header promises all of it.</param>
    public Task WriteAsync(HttpResponse response, int? bytes = null) => WriteAsync(response, Body.Length, bytes ?? Body.Length);

    /// <summary>Writes another Content-Length. If it exceeds the body, the connection is cut afterwards.</summary>
    public async Task WriteDeclaringAsync(HttpResponse response, long declared)
    {
        await WriteAsync(response, declared, (int)Math.Min(declared, Body.Length));
        if (declared > Body.Length) await BreakOffAsync(response);
    }

    /// <summary>Cuts the connection after a pause, because a reset discards bytes that the receiver has not read.</summary>
    public static async Task BreakOffAsync(HttpResponse response)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        response.HttpContext.Abort();
    }

    /// <summary>Writes the body and then zeros until the caller disconnects.</summary>
    public async Task WriteEndlesslyAsync(HttpResponse response, CancellationToken cancellation)
    {
        Begin(response);
        await response.Body.WriteAsync(Body, cancellation);
        var more = new byte[64 * 1024];
        while (true)
            await response.Body.WriteAsync(more, cancellation);
    }

    public async Task DripAsync(HttpResponse response, TimeSpan pause, CancellationToken cancellation)
    {
        Begin(response);
        response.ContentLength = Body.Length;
        for (var at = 0; at < Body.Length; at++)
        {
            await response.Body.WriteAsync(Body.AsMemory(at, 1), cancellation);
            await response.Body.FlushAsync(cancellation);
            await Task.Delay(pause, cancellation);
        }
    }

    private async Task WriteAsync(HttpResponse response, long declared, int bytes)
    {
        Begin(response);
        if (Status is not (204 or 304)) response.ContentLength = declared;
        await response.Body.WriteAsync(Body.AsMemory(0, bytes));
        await response.Body.FlushAsync();
    }

    private void Begin(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        foreach (var (name, value) in Headers) response.Headers[name] = value;
    }
}
