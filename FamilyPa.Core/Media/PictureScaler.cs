using FamilyPa.Core.Settings;
using ImageMagick;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Media;

/// <summary>Turns a picture into the JPEG that the model reads and the board shows: upright, without metadata, within the model's patches.</summary>
/// <remarks>ImageMagick knows a hundred formats. The format is passed explicitly, so that it never chooses by content.</remarks>
public sealed class PictureScaler(IOptions<LimitSettings> limits)
{
    /// <summary>Of what comes out.</summary>
    public const string ContentType = "image/jpeg";

    /// <summary>What a model with <c>detail: high</c> looks at, in patches of 32 × 32 pixels.</summary>
    private const int MostPatches = 2500;

    private const int Patch = 32;
    private const uint Quality = 85;

    /// <summary>Four bytes for each pixel, and as much again to scale it.</summary>
    private const ulong MostMemory = 2 * 4 * LimitSettings.LargestPictureMegapixels * 1_000_000UL;

    private static readonly Dictionary<string, MagickFormat> Formats = new()
    {
        ["image/jpeg"] = MagickFormat.Jpeg,
        ["image/png"] = MagickFormat.Png,
        ["image/webp"] = MagickFormat.WebP,
        ["image/heic"] = MagickFormat.Heic,
    };

    /// <summary>A large picture takes hundreds of megabytes while it is decoded.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    static PictureScaler()
    {
        ResourceLimits.Memory = MostMemory;
        ResourceLimits.Area = MostMemory;
        // Never on the disk, and never on all processors.
        ResourceLimits.Disk = 0;
        ResourceLimits.Thread = 1;
    }

    /// <param name="contentType">What the picture is, by its bytes.</param>
    /// <returns>The JPEG, or why there is none.</returns>
    public async Task<(byte[]? Jpeg, string? Reason)> ScaleAsync(ReadOnlyMemory<byte> picture, string contentType, CancellationToken cancellation)
    {
        await Turn.WaitAsync(cancellation);
        try
        {
            return Scale(picture.Span, Formats[contentType]);
        }
        catch (MagickResourceLimitErrorException)
        {
            return (null, MediaReason.ImageTooLarge);
        }
        catch (MagickException)
        {
            return (null, MediaReason.Unreadable);
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>The largest size of the same shape that has no more than <see cref="MostPatches"/>; never larger than the picture.</summary>
    private static (uint Width, uint Height) Fit(uint width, uint height)
    {
        var scale = Math.Min(1, Math.Sqrt((double)MostPatches * Patch * Patch / width / height));
        while (true)
        {
            var (fitWidth, fitHeight) = (Math.Max(1, (uint)(width * scale)), Math.Max(1, (uint)(height * scale)));
            if (Patches(fitWidth) * Patches(fitHeight) <= MostPatches)
                return (fitWidth, fitHeight);
            scale *= 0.995;
        }
    }

    private static uint Patches(uint length) => (length + Patch - 1) / Patch;

    private (byte[]? Jpeg, string? Reason) Scale(ReadOnlySpan<byte> picture, MagickFormat format)
    {
        var settings = new MagickReadSettings { Format = format, FrameIndex = 0, FrameCount = 1 };
        // The header alone, so that a bomb costs nothing.
        var header = new MagickImageInfo();
        header.Read(picture, settings);
        if ((double)header.Width * header.Height > limits.Value.MaxPictureMegapixels * 1_000_000.0)
            return (null, MediaReason.ImageTooLarge);

        var (width, height) = Fit(header.Width, header.Height);
        // The JPEG decoder scales while it decodes, which is faster and takes less memory.
        settings.SetDefine(MagickFormat.Jpeg, "size", $"{width}x{height}");
        using var image = new MagickImage();
        var isCut = false;
        image.Warning += (_, warning) => isCut |= warning.Message.Contains("premature end", StringComparison.OrdinalIgnoreCase);
        image.Read(picture, settings);
        if (isCut)
            return (null, MediaReason.Unreadable);

        image.Resize(new MagickGeometry(width, height) { IgnoreAspectRatio = true });
        // The HEIC decoder has turned it already.
        if (format != MagickFormat.Heic)
            image.AutoOrient();
        image.ColorSpace = ColorSpace.sRGB;
        image.BackgroundColor = MagickColors.White;
        image.Alpha(AlphaAction.Remove);
        image.Strip();
        image.Quality = Quality;
        return (image.ToByteArray(MagickFormat.Jpeg), null);
    }
}
