using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.OpenApi;

/// <summary>Serves <c>openapi.json</c>. A test compares it with the functions' routes and responses.</summary>
public sealed class OpenApiFunction
{
    private static readonly byte[] Document = Read();

    [Function("OpenApiDocument")]
    public static IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi.json")] HttpRequest request) =>
        Results.Bytes(Document, "application/json");

    private static byte[] Read()
    {
        using var resource = typeof(OpenApiFunction).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
