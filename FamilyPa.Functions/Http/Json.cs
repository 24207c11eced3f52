using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

/// <summary>The API's JSON with snake_case names, as in the database.</summary>
public static class Json
{
    private const int LargestBody = 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <returns>Null when the body is too large or is not such a JSON object.</returns>
    public static Task<T?> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : class =>
        ReadAsync<T>(request, LargestBody, cancellation);

    /// <inheritdoc cref="ReadAsync{T}(HttpRequest, CancellationToken)"/>
    /// <param name="largest">In bytes.</param>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, int largest, CancellationToken cancellation)
        where T : class
    {
        if (await Body.ReadAsync(request, largest, cancellation) is not { } bytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static IResult Answer<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, Options, statusCode: status);
}
