using System.Buffers.Text;
using System.Text.Json;
using FamilyPa.Simulators.Hosting;
using ImageMagick;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>A picture of a chat request.</summary>
/// <param name="Text">The text in the picture, if it is <see cref="SamplePicture"/>; null for one that nothing here can read.</param>
/// <param name="Tokens">1.2 for each patch of 32 × 32 pixels, up to what the detail allows.</param>
public sealed record SentPicture(byte[] Bytes, string? Detail, string? Text, int Tokens)
{
    private const int MostBytes = 20 * 1024 * 1024;
    private const string DataUri = "data:image/";

    private static readonly MagickFormat[] Formats = [MagickFormat.Jpeg, MagickFormat.Png, MagickFormat.Gif, MagickFormat.WebP];

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
            var encoded = url[(comma + ";base64,".Length)..];
            if (!Base64.IsValid(encoded)) return ([], AzureErrors.Request("Invalid base64 image_url.", "messages", "invalid_base64"));
            var bytes = Convert.FromBase64String(encoded);
            if (bytes.Length > MostBytes) return ([], AzureErrors.Request("The image is larger than 20 MB.", "messages", "image_too_large"));
            var detail = image.TryGetProperty("detail", out var told) && told.ValueKind != JsonValueKind.Null ? told.GetString() : null;
            if (detail is not (null or "auto" or "low" or "high"))
            {
                return ([], AzureErrors.Request(
                    $"Invalid value: '{detail}'. Supported values are: 'low', 'high', and 'auto'.", "messages[0].content[0].image_url.detail", "invalid_value"));
            }

            try
            {
                var info = new MagickImageInfo(bytes);
                if (!Formats.Contains(info.Format)) return ([], Unreadable());
                pictures.Add(new SentPicture(bytes, detail, SamplePicture.Is(bytes) ? SamplePicture.Text : null, TokensOf(info.Width, info.Height, detail)));
            }
            catch (MagickException)
            {
                return ([], Unreadable());
            }
        }

        return (pictures, null);
    }

    private static Answer Unreadable() =>
        AzureErrors.Request("You uploaded an unsupported image. Supported are png, jpeg, gif and webp.", "messages", "invalid_image_format");

    private static IEnumerable<JsonElement> PartsOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object)
            : [];

    /// <remarks>Without a detail there is no cap.</remarks>
    private static int TokensOf(uint width, uint height, string? detail)
    {
        var patches = Math.Ceiling(width / 32.0) * Math.Ceiling(height / 32.0);
        return (int)Math.Ceiling(1.2 * Math.Min(patches, detail switch { "low" => 256, "high" => 2500, _ => double.MaxValue }));
    }
}
