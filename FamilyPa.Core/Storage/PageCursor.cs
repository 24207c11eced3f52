using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace FamilyPa.Core.Storage;

/// <summary>The position after which a list continues, by time and key. Rows that are added or removed in between do not shift it.</summary>
/// <param name="At">As stored, in microseconds.</param>
/// <param name="Key">Orders rows with the same time.</param>
public sealed record PageCursor(DateTimeOffset At, string Key)
{
    /// <summary>An opaque text that is safe in a URL.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}:{Key}")));

    /// <returns>Null when the text is not a valid cursor.</returns>
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

/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, PageCursor? Next);

public static class Page
{
    /// <param name="rows">Up to <paramref name="limit"/> + 1 rows; the extra row shows that there is another page.</param>
    public static Page<T> Of<T>(List<T> rows, int limit, Func<T, PageCursor> cursor) =>
        rows.Count <= limit ? new Page<T>(rows, null) : new Page<T>(rows[..limit], cursor(rows[limit - 1]));
}
