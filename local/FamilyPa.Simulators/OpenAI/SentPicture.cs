using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>A picture of a chat request. Nothing here can see: what is written in it is read from a JPEG's comment, <c>TEXT=…</c>.</summary>
/// <param name="Tokens">1.2 for each patch of 32 × 32 pixels, up to what the detail allows.</param>
public sealed record SentPicture(byte[] Bytes, string? Detail, string Text, int Tokens)
{
    private const int MostBytes = 20 * 1024 * 1024;
    private const string DataUri = "data:image/";

    /// <returns>The pictures, or what is wrong with one.</returns>
    internal static (IReadOnlyList<SentPicture> Pictures, Answer? Refusal) ReadAll(JsonElement messages)
    {
        var pictures = new List<SentPicture>();
        foreach (var part in messages.EnumerateArray().SelectMany(PartsOf))
        {
            if (!part.TryGetProperty("image_url", out var image) || image.ValueKind != JsonValueKind.Object) continue;
            var url = image.TryGetProperty("url", out var address) ? address.GetString() ?? "" : "";
            var comma = url.IndexOf(";base64,", StringComparison.Ordinal);
            if (!url.StartsWith(DataUri, StringComparison.Ordinal) || comma < 0)
                return ([], AzureErrors.Request("Invalid image URL. This simulator takes data URIs only.", "messages", "invalid_image_url"));
            byte[] bytes;
            try
            {
                bytes = Convert.FromBase64String(url[(comma + ";base64,".Length)..]);
            }
            catch (FormatException)
            {
                return ([], AzureErrors.Request("Invalid base64 image_url.", "messages", "invalid_base64"));
            }

            if (bytes.Length > MostBytes) return ([], AzureErrors.Request("The image is larger than 20 MB.", "messages", "image_too_large"));
            if (SizeOf(bytes) is not { } size)
                return ([], AzureErrors.Request("You uploaded an unsupported image. Supported are png, jpeg, gif and webp.", "messages", "invalid_image_format"));
            var detail = image.TryGetProperty("detail", out var told) ? told.GetString() : null;
            pictures.Add(new SentPicture(bytes, detail, TextOf(bytes), TokensOf(size, detail)));
        }

        return (pictures, null);
    }

    private static IEnumerable<JsonElement> PartsOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object)
            : [];

    /// <remarks>Without a detail there is no cap.</remarks>
    private static int TokensOf((int Width, int Height) size, string? detail)
    {
        var patches = Math.Ceiling(size.Width / 32.0) * Math.Ceiling(size.Height / 32.0);
        return (int)Math.Ceiling(1.2 * Math.Min(patches, detail switch { "low" => 256, "high" => 2500, _ => double.MaxValue }));
    }

    private static (int Width, int Height)? SizeOf(byte[] bytes)
    {
        ReadOnlySpan<byte> image = bytes;
        if (image.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n\u001A\n"u8]) && image.Length >= 24)
            return (BinaryPrimitives.ReadInt32BigEndian(image[16..]), BinaryPrimitives.ReadInt32BigEndian(image[20..]));
        if (image.StartsWith("GIF8"u8) && image.Length >= 10)
            return (BinaryPrimitives.ReadUInt16LittleEndian(image[6..]), BinaryPrimitives.ReadUInt16LittleEndian(image[8..]));
        // Where a WebP has its size depends on its kind; it is taken as a page.
        if (image.StartsWith("RIFF"u8) && image.Length > 12 && image[8..].StartsWith("WEBP"u8)) return (1024, 1024);
        return Segments(bytes).Where(segment => segment.Marker is >= 0xC0 and <= 0xC3 && segment.Length >= 5)
            .Select(segment => ((int, int)?)(BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(segment.At + 3)), BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(segment.At + 1))))
            .FirstOrDefault();
    }

    private static string TextOf(byte[] bytes) =>
        Segments(bytes).Where(segment => segment.Marker == 0xFE).Select(segment => Encoding.UTF8.GetString(bytes, segment.At, segment.Length))
            .FirstOrDefault(comment => comment.StartsWith("TEXT=", StringComparison.Ordinal))?["TEXT=".Length..] ?? "";

    /// <summary>Of a JPEG, up to its pixels.</summary>
    private static IEnumerable<(byte Marker, int At, int Length)> Segments(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) yield break;
        for (var at = 2; at + 4 <= bytes.Length && bytes[at] == 0xFF && bytes[at + 1] != 0xDA;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2));
            if (length < 2 || at + 2 + length > bytes.Length) yield break;
            yield return (bytes[at + 1], at + 4, length - 2);
            at += 2 + length;
        }
    }
}
