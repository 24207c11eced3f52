using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using ImageMagick;
using ImageMagick.Drawing;

namespace FamilyPa.Tests.Media;

/// <summary>Pictures of four quarters, each in a colour of its own, as phones write them: turned by their metadata, which says where they were taken.</summary>
internal static class PictureSamples
{
    /// <summary>The camera in the metadata, next to the place.</summary>
    public const string Camera = "SecretCam";

    /// <summary>The corners of a picture that stands as it was taken: red green / blue white.</summary>
    public const string Upright = "red green / blue white";

    /// <summary>Turned by a quarter to the right, which the picture's metadata asks for.</summary>
    public const string Turned = "blue red / white green";

    /// <summary>Encoded by libheif, and turned by its container; its metadata asks for the turn as well, which counts for nothing in this format.</summary>
    public static byte[] Heic
    {
        get
        {
            using var stream = typeof(PictureSamples).Assembly.GetManifestResourceStream("turned.heic")!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    public static byte[] Of(MagickFormat format, uint width = 320, uint height = 240, Orientation orientation = Orientation.RightTop)
    {
        using var image = new MagickImage(MagickColors.White, width, height);
        new Drawables()
            .FillColor(MagickColors.Red).Rectangle(0, 0, (width / 2) - 1, (height / 2) - 1)
            .FillColor(MagickColors.Lime).Rectangle(width / 2, 0, width, (height / 2) - 1)
            .FillColor(MagickColors.Blue).Rectangle(0, height / 2, (width / 2) - 1, height)
            .Draw(image);
        var exif = new ExifProfile();
        exif.SetValue(ExifTag.Make, Camera);
        exif.SetValue(ExifTag.GPSLatitude, [new Rational(51), new Rational(30), new Rational(0)]);
        exif.SetValue(ExifTag.Orientation, (ushort)orientation);
        image.SetProfile(exif);
        image.Orientation = orientation;
        image.Comment = Camera;
        return image.ToByteArray(format);
    }

    /// <summary>A PNG that is valid, and larger than any memory once it is decoded.</summary>
    public static byte[] Bomb(int side)
    {
        using var rows = new MemoryStream();
        using (var zip = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + (side / 8)];
            for (var i = 0; i < side; i++)
                zip.Write(row);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        header[8] = 1;
        return [0x89, .. "PNG\r\n\u001A\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", rows.ToArray()), .. Chunk("IEND", [])];
    }

    public static byte[] AnimatedWebp()
    {
        using var images = new MagickImageCollection { new MagickImage(MagickColors.Red, 20, 20), new MagickImage(MagickColors.Blue, 20, 20) };
        return images.ToByteArray(MagickFormat.WebP);
    }

    /// <summary>The colours in the middle of the four quarters, and the size.</summary>
    public static (string Corners, uint Width, uint Height) See(byte[] jpeg)
    {
        using var image = new MagickImage(jpeg);
        using var pixels = image.GetPixels();
        return ($"{At(1, 1)} {At(3, 1)} / {At(1, 3)} {At(3, 3)}", image.Width, image.Height);

        string At(int x, int y)
        {
            var colour = pixels.GetPixel((int)image.Width * x / 4, (int)image.Height * y / 4).ToColor()!;
            return (colour.R > 200, colour.G > 200, colour.B > 200) switch
            {
                (true, false, false) => "red",
                (false, true, false) => "green",
                (false, false, true) => "blue",
                (true, true, true) => "white",
                _ => $"{colour}",
            };
        }
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.HashToUInt32(named));
        return [.. length, .. named, .. sum];
    }
}
