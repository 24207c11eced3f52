using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Hosting;

/// <summary>What an operation answers, as a value: faults can then delay it, halve it or drop it after the effect has happened.</summary>
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

    public static Answer Empty(int status) => new(status, [], null);

    /// <param name="bytes">How much of the body to send; the Content-Length header promises all of it.</param>
    public async Task WriteAsync(HttpResponse response, int? bytes = null)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        foreach (var (name, value) in Headers) response.Headers[name] = value;
        if (Status is not (204 or 304)) response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body.AsMemory(0, bytes ?? Body.Length));
        await response.Body.FlushAsync();
    }
}
