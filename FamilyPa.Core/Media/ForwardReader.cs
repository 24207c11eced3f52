namespace FamilyPa.Core.Media;

/// <summary>Reads bytes once, forwards, through one small buffer: enough to look at a container of any size while it passes by.</summary>
/// <param name="read">Fills the memory from its beginning; 0 at the end.</param>
internal sealed class ForwardReader(Func<Memory<byte>, ValueTask<int>> read)
{
    /// <summary>The most that can be looked at ahead, in bytes.</summary>
    public const int Window = 32 * 1024;

    private readonly byte[] buffer = new byte[Window];
    private int start;
    private int end;
    private bool ended;

    /// <summary>The available bytes: at least as many as <see cref="HasAsync"/> confirmed.</summary>
    public ReadOnlySpan<byte> Ahead => buffer.AsSpan(start, end - start);

    /// <returns>Whether so many bytes are ahead; false only because the end comes before.</returns>
    public ValueTask<bool> HasAsync(int count) => end - start >= count ? ValueTask.FromResult(true) : FillAsync(count);

    /// <summary>Steps over bytes that were looked at.</summary>
    public void Advance(int count) => start += count;

    /// <summary>Steps over any number of bytes.</summary>
    /// <returns>How many there were: fewer than asked for at the end.</returns>
    public async ValueTask<long> SkipAsync(long count)
    {
        var left = count;
        while (left > 0 && await HasAsync(1))
        {
            var step = (int)Math.Min(left, end - start);
            Advance(step);
            left -= step;
        }

        return count - left;
    }

    private async ValueTask<bool> FillAsync(int count)
    {
        if (start > 0)
        {
            Ahead.CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        while (end < count && !ended)
        {
            var got = await read(buffer.AsMemory(end));
            ended = got == 0;
            end += got;
        }

        return end >= count;
    }
}
