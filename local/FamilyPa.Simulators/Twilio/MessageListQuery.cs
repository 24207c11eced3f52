using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Twilio;

/// <summary>The list's filters and its paging.</summary>
/// <remarks>
/// <c>DateSent&gt;=2026-11-22</c> reaches the server as a key <c>DateSent&gt;</c>. Dates are GMT, with or without a time. The page token is
/// <c>PA</c> and the last sid of the page before, so that new arrivals do not shift the pages.
/// </remarks>
internal sealed record MessageListQuery(
    string? To, string? From, DateTimeOffset? NotBefore, DateTimeOffset? Before, int PageSize, int Page, string? After, string Filters)
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 1000;

    public static bool TryRead(IQueryCollection query, out MessageListQuery read)
    {
        string? Value(string name) => query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
        var filters = string.Concat(query
            .Where(field => field.Key is not ("PageSize" or "Page" or "PageToken"))
            .Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value.ToString())}&"));
        var size = int.TryParse(Value("PageSize"), out var given) ? Math.Clamp(given, 1, MaxPageSize) : DefaultPageSize;
        var valid = TryDate(Value("DateSent>"), 0, out var notBefore) & TryDate(Value("DateSent<"), 1, out var before)
            & TryDate(Value("DateSent"), 0, out var day);
        read = new MessageListQuery(
            Value("To"), Value("From"), notBefore ?? day, before ?? day?.AddDays(1), size,
            int.TryParse(Value("Page"), out var page) ? page : 0, Value("PageToken")?[2..], filters);
        return valid;
    }

    public bool Matches(TwilioMessage message)
    {
        var at = message.SentAt ?? message.At;
        return (To is null || message.To == To) && (From is null || message.From == From)
            && (NotBefore is null || at >= NotBefore) && (Before is null || at < Before);
    }

    public string QueryFor(int page, string? after) =>
        $"?{Filters}PageSize={PageSize}&Page={page}{(after is null ? "" : $"&PageToken=PA{after}")}";

    /// <param name="days">Added to a date without a time: a limit "on or before" a day includes that day.</param>
    private static bool TryDate(string? text, int days, out DateTimeOffset? date)
    {
        date = null;
        if (text is null) return true;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var parsed)) return false;
        date = text.Length == 10 ? parsed.AddDays(days) : parsed;
        return true;
    }
}
