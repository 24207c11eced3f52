using System.Text;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Media;

/// <param name="Size">Bytes that were kept; null when none were.</param>
/// <param name="ForbiddenHost">Where the bytes would have had to be fetched from.</param>
public sealed record LookedAt(MediaFile File, long? Size = null, string? ForbiddenHost = null);

/// <summary>How much more of a message's attachments may be worked on.</summary>
/// <param name="Seconds">Of recordings.</param>
/// <param name="Text">Whether a text is the sender's words, and no document.</param>
public readonly record struct MediaAllowance(double Seconds, int Pictures, bool Text = false);

/// <summary>Fetches one attachment: looked at as it passes by, and kept if it is a recording or a picture we can work on.</summary>
public sealed class MediaDownloader(TwilioMedia twilio, MediaStore store, PictureScaler scaler, IOptions<LimitSettings> limits, IOptions<PipelineSettings> paces)
{
    /// <summary>In bytes. An MMS has room for 1600 characters.</summary>
    private const int LongestText = 8 * 1024;

    private readonly long mostBytes = limits.Value.MaxMediaMegabytes * 1_000_000L;

    /// <param name="mayComeLater">As for <see cref="TwilioMedia.OpenAsync"/>, with the same exceptions.</param>
    /// <exception cref="MediaFetchException">It broke off, or stalled.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage did not take it.</exception>
    public async Task<LookedAt> FetchAsync(
        string messageSid, MediaPart part, MediaAllowance left, bool mayComeLater, CancellationToken cancellation)
    {
        using var answer = await twilio.OpenAsync(part.Url, messageSid, mayComeLater, cancellation);
        if (answer.Response is not { } response)
            return Refuse(answer.Reason!, null) with { ForbiddenHost = answer.Host };
        if (response.Content.Headers.ContentLength > mostBytes)
            return Refuse(MediaReason.TooLarge, null);

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var body = new MediaBody(stream, mostBytes, paces.Value.MediaIdleTimeout, paces.Value.MediaTimeout, cancellation);
        using var blob = store.Write(MediaStore.BlobName(messageSid, part.Ordinal));
        MemoryStream? picture = null;
        var reader = new ForwardReader(async buffer =>
        {
            var got = await body.ReadAsync(buffer);
            if (picture is null)
                await blob.WriteAsync(buffer[..got], cancellation);
            else
                picture.Write(buffer.Span[..got]);
            return got;
        });

        await reader.HasAsync(ContentSniffer.Length);
        var sniffed = ContentSniffer.Sniff(reader.Ahead, part.DeclaredType);
        if (sniffed.IsPicture)
            return await KeepPictureAsync(sniffed.ContentType!);
        var (contentType, format, reason) = sniffed;
        if (left.Text && (contentType == MessageText.ContentType || MessageText.Read(reader.Ahead, part.DeclaredType) is not null))
            return await KeepTextAsync();
        if (format is null)
            return Refuse(reason!, contentType);
        var recording = await format.ReadAsync(reader);
        if (recording.Reason is MediaReason.Video)
            return Refuse(MediaReason.Video, contentType!.Replace("audio/", "video/", StringComparison.Ordinal));
        if (recording.Reason is MediaReason.Audio)
            return Refuse(MediaReason.Audio, contentType);

        await reader.SkipAsync(long.MaxValue);
        if (body.IsTooLarge)
            return Refuse(MediaReason.TooLarge, contentType);
        if (recording.Reason is { } unreadable)
            return Refuse(unreadable, contentType);
        if (recording.Seconds > left.Seconds)
            return Refuse(MediaReason.TooLong, contentType, recording.Seconds);

        await blob.CommitAsync(format.ContentType, cancellation);
        return new LookedAt(new MediaFile(part.Ordinal, contentType, MediaStore.BlobName(messageSid, part.Ordinal), recording.Seconds, null), body.Length);

        async Task<LookedAt> KeepTextAsync()
        {
            const string type = MessageText.ContentType;
            if (await reader.HasAsync(LongestText + 1))
                return Refuse(MediaReason.Document, type);
            if (MessageText.Read(reader.Ahead, part.DeclaredType) is not { } text)
            {
                await blob.CommitAsync(type, cancellation);
                return new LookedAt(new MediaFile(part.Ordinal, type, MediaStore.BlobName(messageSid, part.Ordinal), null, null), body.Length);
            }

            using var unicode = store.Write(MediaStore.BlobName(messageSid, part.Ordinal));
            await unicode.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            await unicode.CommitAsync(type, cancellation);
            return new LookedAt(new MediaFile(part.Ordinal, type, MediaStore.BlobName(messageSid, part.Ordinal), null, null), body.Length);
        }

        // Only the re-encoded picture is stored. The original contains the place where it was taken.
        async Task<LookedAt> KeepPictureAsync(string type)
        {
            if (left.Pictures <= 0)
                return Refuse(MediaReason.TooManyImages, type);
            picture = new MemoryStream();
            picture.Write(reader.Ahead);
            reader.Advance(reader.Ahead.Length);
            await reader.SkipAsync(long.MaxValue);
            if (body.IsTooLarge)
                return Refuse(MediaReason.TooLarge, type);
            var (jpeg, why) = await scaler.ScaleAsync(picture.GetBuffer().AsMemory(0, (int)picture.Length), type, cancellation);
            if (jpeg is null)
                return Refuse(why!, type);
            using var scaled = store.Write(MediaStore.BlobName(messageSid, part.Ordinal));
            await scaled.WriteAsync(jpeg, cancellation);
            await scaled.CommitAsync(PictureScaler.ContentType, cancellation);
            return new LookedAt(new MediaFile(part.Ordinal, type, MediaStore.BlobName(messageSid, part.Ordinal), null, null), jpeg.Length);
        }

        LookedAt Refuse(string why, string? what, double? seconds = null) => new(new MediaFile(part.Ordinal, what, null, seconds, why));
    }
}
