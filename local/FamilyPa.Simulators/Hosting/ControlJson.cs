using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Hosting;

/// <summary>The control plane under <c>/simulator</c>: camelCase JSON, enums as names, no credentials (it listens on loopback only).</summary>
internal static class ControlJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        // A misspelt member of a fault would otherwise make another fault than was asked for.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    public static void Control(this WebApplication app, string method, string pattern, Func<HttpContext, Task<object?>> handler) =>
        app.MapMethods(pattern, [method], async context =>
        {
            try
            {
                var result = await handler(context);
                if (result is null) context.Response.StatusCode = 204;
                else await context.Response.WriteAsJsonAsync(result, Options);
            }
            catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException or HttpRequestException)
            {
                context.Response.StatusCode = 400;
                await context.Response.WriteAsJsonAsync(new { error = exception.Message }, Options);
            }
        });

    public static void Control(this WebApplication app, string method, string pattern, Func<HttpContext, object?> handler) =>
        app.Control(method, pattern, context => Task.FromResult(handler(context)));

    /// <summary>Answers 204.</summary>
    public static void Command(this WebApplication app, string method, string pattern, Action handler) =>
        app.Control(method, pattern, _ =>
        {
            handler();
            return (object?)null;
        });

    public static async Task<T> ReadControlAsync<T>(this HttpContext context) =>
        await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted)
            ?? throw new JsonException("The body is empty.");
}
