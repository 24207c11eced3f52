using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Hosting;

/// <summary>One request as it arrived. Credentials are not kept, only which kind came.</summary>
/// <param name="Operation">The simulator's name of it, such as <c>chat</c> or <c>messages.create</c>.</param>
/// <param name="Credential"><c>Basic</c>, <c>Bearer</c>, <c>api-key</c> or null.</param>
/// <param name="Body">The body as text; of a multipart body only its size, its fields are in <paramref name="Fields"/>.</param>
/// <param name="Fields">Form fields; a file is given as <c>name (N bytes)</c>.</param>
public sealed record RecordedRequest(
    string Operation, string Method, string Path, string Query, string? Credential,
    IReadOnlyDictionary<string, string> Headers, string Body, IReadOnlyDictionary<string, string> Fields, DateTimeOffset At)
{
    [JsonIgnore]
    internal byte[]? File { get; init; }

    internal static async Task<RecordedRequest> ReadAsync(HttpContext context, string operation, DateTimeOffset at)
    {
        var request = context.Request;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        byte[]? file = null;
        string body;
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            foreach (var (name, value) in form) fields[name] = value.ToString();
            foreach (var upload in form.Files)
            {
                using var reader = new BinaryReader(upload.OpenReadStream());
                file = reader.ReadBytes((int)upload.Length);
                fields[upload.Name] = $"{upload.FileName} ({upload.Length} bytes)";
            }

            body = file is null ? Encode(fields) : $"multipart of {request.ContentLength ?? file.Length} bytes";
        }
        else
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            body = await reader.ReadToEndAsync(context.RequestAborted);
        }

        return new RecordedRequest(
            operation, request.Method, request.Path, request.QueryString.ToString(), CredentialOf(request),
            HeadersOf(request), body, fields, at)
        { File = file };
    }

    private static string? CredentialOf(HttpRequest request) => request switch
    {
        { Headers: var headers } when headers.ContainsKey("api-key") => "api-key",
        { Headers.Authorization: [{ Length: > 0 } value, ..] } => value.Split(' ')[0],
        _ => null,
    };

    private static Dictionary<string, string> HeadersOf(HttpRequest request) =>
        request.Headers
            .Where(header => !header.Key.Equals("authorization", StringComparison.OrdinalIgnoreCase)
                && !header.Key.Equals("api-key", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    private static string Encode(Dictionary<string, string> fields) =>
        string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));
}
