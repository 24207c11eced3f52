using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Ingestion;

/// <summary>What the queue <c>inbound</c> carries: a verified message that the database could not take, whole, as it came.</summary>
/// <param name="ReceivedAt">When it arrived: "tomorrow" counts from there.</param>
/// <param name="Form">The form's bytes, compressed; null where <paramref name="Blob"/> is given.</param>
/// <param name="Blob">Where the rest of this is, when it is too much for a queue message.</param>
/// <param name="Cause">Why it was given up; only in the poison queue.</param>
/// <param name="Traceparent">Where its trace goes on (W3C); null where nothing is traced.</param>
/// <param name="Mac">The signature of everything but <paramref name="Blob"/> and <paramref name="Cause"/> (<see cref="FallbackSigner"/>).</param>
public sealed record FallbackMessage(
    [property: JsonPropertyName("messageSid")] string MessageSid,
    [property: JsonPropertyName("receivedAt")] DateTimeOffset ReceivedAt,
    [property: JsonPropertyName("requestId")] string RequestId,
    [property: JsonPropertyName("idempotencyToken")] string? IdempotencyToken,
    [property: JsonPropertyName("form")] byte[]? Form,
    [property: JsonPropertyName("blob")] string? Blob = null,
    [property: JsonPropertyName("cause")] string? Cause = null,
    [property: JsonPropertyName("traceparent")] string? Traceparent = null,
    [property: JsonPropertyName("mac")] byte[]? Mac = null)
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static FallbackMessage Of(InboundMessage message, DateTimeOffset receivedAt, string requestId) =>
        new(message.MessageSid, receivedAt, requestId, message.IdempotencyToken, Compress(message.RawBody.Span), Traceparent: Traces.Carried);

    /// <summary>Reads what the app sends, also in Base64: how the Azure Portal puts a message back.</summary>
    public static FallbackMessage? TryParse(string body) => QueueText.Readings(body).Select(TryParsePlain).FirstOrDefault(message => message is not null);

    internal byte[] SignedBytes() => JsonSerializer.SerializeToUtf8Bytes(this with { Blob = null, Cause = null, Mac = null }, Options);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <returns>Null when it is no message after all.</returns>
    public InboundMessage? TryRead() =>
        Form is not null && TryDecompress(Form) is { } body && FormFields.TryRead(body) is { } fields
        && InboundMessage.IsMessage(fields) && fields["MessageSid"] == MessageSid
            ? new InboundMessage(fields, body, IdempotencyToken) { Source = MessageSource.Fallback, ReceivedAt = ReceivedAt }
            : null;

    private static FallbackMessage? TryParsePlain(string text)
    {
        if (!text.StartsWith('{'))
            return null;
        try
        {
            return JsonSerializer.Deserialize<FallbackMessage>(text) is { } message && MessageSids.IsValid(message.MessageSid)
                && (message.Form is null) != (message.Blob is null) && message.RequestId is not null ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Compress(ReadOnlySpan<byte> body)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest))
            brotli.Write(body);
        return compressed.ToArray();
    }

    private static byte[]? TryDecompress(byte[] form)
    {
        var body = new byte[InboundMessage.LargestForm + 1];
        try
        {
            using var brotli = new BrotliStream(new MemoryStream(form), CompressionMode.Decompress);
            var length = brotli.ReadAtLeast(body, body.Length, throwOnEndOfStream: false);
            return length < body.Length ? body[..length] : null;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }
}
