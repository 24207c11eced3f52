using FamilyPa.Core.Media;

namespace FamilyPa.Tests.Media;

internal static class Reading
{
    /// <summary>Lets a format look at bytes that come in small pieces, as they do from a network.</summary>
    public static Task<Recording> LookAtAsync(this AudioFormat format, byte[] bytes, int piece = 1000)
    {
        var at = 0;
        var ends = 0;
        return format.ReadAsync(new ForwardReader(buffer =>
        {
            var step = Math.Min(Math.Min(piece, buffer.Length), bytes.Length - at);
            bytes.AsSpan(at, step).CopyTo(buffer.Span);
            at += step;
            if (step == 0 && ++ends > 1)
                throw new InvalidOperationException("Asked for more behind the end.");
            return ValueTask.FromResult(step);
        })).AsTask();
    }
}
