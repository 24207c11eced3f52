using System.Diagnostics;

namespace FamilyPa.Core.Twilio;

/// <summary>Reads a response body with a size limit, an idle timeout and a total timeout.</summary>
internal sealed class MediaBody(Stream stream, long mostBytes, TimeSpan idle, TimeSpan whole, CancellationToken cancellation) : IDisposable
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Bytes read so far.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the body is longer than the limit. Reading stopped there.</summary>
    public bool IsTooLarge => Length > mostBytes;

    /// <returns>0 at the end, or past the limit.</returns>
    /// <exception cref="MediaFetchException">The connection broke, or a timeout expired.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (IsTooLarge)
            return 0;
        var left = whole - Stopwatch.GetElapsedTime(started);
        patience.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left < idle ? left : idle);
        try
        {
            var got = await stream.ReadAsync(buffer, patience.Token);
            // The timeout must not include the time that the caller spends on these bytes.
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
            Length += got;
            return got;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaFetchException("media_stalled", "The media came too slowly.");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new MediaFetchException("media_cut", "The connection broke off in the middle of the media.", e);
        }
    }

    public void Dispose() => patience.Dispose();
}
