using System.Reflection;
using ImageMagick;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>The only picture that the simulated model reads. It recognises the picture by its pixels, in any size and compression.</summary>
public static class SamplePicture
{
    /// <summary>The text in the picture.</summary>
    public const string Text = "Return the library books\nWater the tomatoes";

    private const int Side = 32;
    private const int Difference = 24;

    /// <summary>A blank page differs in 4 % of the pixels, a scaled and recompressed copy in 0.1 %.</summary>
    private const double MostDifferent = 0.01;

    private static readonly byte[] Bytes = Read();
    private static readonly byte[] Look = LookOf(Bytes);

    public static byte[] Jpeg => [.. Bytes];

    /// <exception cref="MagickException">It is no picture.</exception>
    internal static bool Is(byte[] picture) =>
        LookOf(picture).Zip(Look).Count(pixel => Math.Abs(pixel.First - pixel.Second) > Difference) <= MostDifferent * Side * Side;

    private static byte[] LookOf(byte[] picture)
    {
        using var image = new MagickImage(picture);
        image.Resize(new MagickGeometry(Side, Side) { IgnoreAspectRatio = true });
        image.ColorSpace = ColorSpace.Gray;
        return image.ToByteArray(MagickFormat.Gray);
    }

    private static byte[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("note.jpg")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
