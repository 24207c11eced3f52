using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace FamilyPa.Cli;

/// <summary>Parses times: an age (<c>90s</c>, <c>30m</c>, <c>1h</c>, <c>2d</c>, <c>1w</c>) or ISO 8601, in UTC without an offset.</summary>
internal static class Times
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public static Option<DateTimeOffset?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = Parse,
    };

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    public static DateTimeOffset? TryParse(string text, DateTimeOffset now)
    {
        if (text is [.. var digits, var unit] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && Unit(unit) is { } length && count * length.TotalDays < 36_500)
            return now - count * length;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    private static DateTimeOffset? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, DateTimeOffset.UtcNow) is { } time)
            return time;
        result.AddError($"'{text}' is not a time: use an age such as 1h or 2d, or ISO 8601 such as 2026-11-01T08:00Z");
        return null;
    }

    private static TimeSpan? Unit(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        'w' => TimeSpan.FromDays(7),
        _ => null,
    };
}
