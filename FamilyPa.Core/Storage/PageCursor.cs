using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace FamilyPa.Core.Storage;

/// <summary>Where a list goes on: after this row, in the order of time and key. Rows that come or go meanwhile shift nothing.</summary>
/// <param name="At">As stored: to the microsecond.</param>
/// <param name="Key">Tells rows of the same moment apart.</param>
public sealed record PageCursor(DateTimeOffset At, string Key)
{
    /// <summary>Opaque to whoever gets it, and fit for a URL.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}:{Key}")));

    /// <returns>Null when it is none of ours.</returns>
    public static PageCursor? TryParse(string text)
    {
        if (!Base64Url.IsValid(text))
            return null;
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(':', 2) is [var ticks, { Length: > 0 } key]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at <= DateTimeOffset.MaxValue.UtcTicks
            && !key.Contains('\0', StringComparison.Ordinal)
                ? new PageCursor(new DateTimeOffset(at, TimeSpan.Zero), key)
                : null;
    }
}

/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, PageCursor? Next);

public static class Page
{
    /// <param name="rows">One more than <paramref name="limit"/> where there are more.</param>
    public static Page<T> Of<T>(List<T> rows, int limit, Func<T, PageCursor> cursor) =>
        rows.Count <= limit ? new Page<T>(rows, null) : new Page<T>(rows[..limit], cursor(rows[limit - 1]));
}
