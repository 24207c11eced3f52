namespace FamilyPa.Core.Media;

public sealed class MediaStore
{
    public Task<Stream> OpenAsync(string blobName, CancellationToken cancellation) => throw new NotSupportedException();
}

public static class AudioFormat
{
    public static string FileName(string? contentType) => "voice.ogg";
}
