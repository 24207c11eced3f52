using System.Diagnostics;

namespace FamilyPa.Core.Twilio;

/// <summary>A body from outside: not read past a limit, whatever its length was said to be, and not waited for without end.</summary>
internal sealed class MediaBody(Stream stream, long mostBytes, TimeSpan idle, TimeSpan whole, CancellationToken cancellation) : IDisposable
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Bytes read so far.</summary>
    public long Length { get; private set; }

    /// <summary>There was more than the limit: the end that was read is not the end.</summary>
    public bool IsTooLarge => Length > mostBytes;

    /// <returns>0 at the end, or past the limit.</returns>
    /// <exception cref="MediaFetchException">The connection broke off, or nothing came for too long.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (IsTooLarge)
            return 0;
        var left = whole - Stopwatch.GetElapsedTime(started);
        patience.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left < idle ? left : idle);
        try
        {
            var got = await stream.ReadAsync(buffer, patience.Token);
            // Whatever is done with these bytes takes its own time.
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
