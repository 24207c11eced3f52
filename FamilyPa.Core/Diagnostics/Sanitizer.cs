using System.Text.RegularExpressions;

namespace FamilyPa.Core.Diagnostics;

/// <summary>Removes secrets, phone numbers and message texts from everything that the app logs, stores as an error or sends elsewhere.</summary>
public static partial class Sanitizer
{
    private const int LongestMessage = 500;
    private const int LongestStack = 4000;

    /// <summary>Shorter secrets would also match ordinary words.</summary>
    private const int ShortestSecret = 8;

    private static volatile string[] known = [];

    /// <summary>Masks these values in all later texts.</summary>
    public static void Hide(IEnumerable<string?> secrets) =>
        known = [.. secrets.OfType<string>().Where(secret => secret.Length >= ShortestSecret).Distinct().OrderByDescending(secret => secret.Length)];

    /// <summary>The exception's message without foreign content.</summary>
    /// <remarks>
    /// A service's error text may quote the message, so only its code is kept. Framework exceptions quote their input, so quoted parts are removed.
    /// </remarks>
    public static string Message(Exception error) => error switch
    {
        System.ClientModel.ClientResultException e => $"Azure OpenAI answered {e.Status}",
        Npgsql.PostgresException e => $"PostgreSQL refused: {e.SqlState}",
        Azure.RequestFailedException e => $"Azure Storage answered {e.Status} {e.ErrorCode}",
        _ when IsOurs(error) => Text(error.Message).Shorten(LongestMessage),
        _ => Quotes().Replace(Text(error.Message), "$1…$2").Shorten(LongestMessage),
    };

    /// <summary>The exception types and stack traces, without messages.</summary>
    public static string Stack(Exception error)
    {
        var lines = new List<string>();
        for (var e = error; e is not null; e = e.InnerException)
        {
            lines.Add(e.GetType().FullName ?? e.GetType().Name);
            if (e.StackTrace is { } trace)
                lines.Add(trace);
        }

        return string.Join('\n', lines).Shorten(LongestStack);
    }

    /// <summary>Masks everything that looks like a secret or a phone number; keeps ids and dates.</summary>
    public static string Text(string text)
    {
        foreach (var secret in known)
            text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = Calendars().Replace(Credentials().Replace(Secrets().Replace(text, "$1…"), "$1 …"), "$1…");
        return Phones().Replace(text, match => match.Groups["phone"].Success ? $"…{match.Value[^2..]}" : match.Value);
    }

    /// <summary>The URL without its query, user info and a calendar's token, which may contain signatures, secrets and phone numbers.</summary>
    public static string Url(string url) => Calendars().Replace(Logins().Replace(url.Split('?', 2)[0], "$1"), "$1…");

    /// <summary>Whether the exception's message comes from this app only, so that it can be logged unchanged.</summary>
    public static bool IsClean(Exception error) => error.InnerException is null && IsOurs(error);

    private static bool IsOurs(Exception error) => error.GetType().FullName?.StartsWith("FamilyPa.", StringComparison.Ordinal) is true;

    // Ids (GUIDs, 32 or 16 hexadecimal digits, Twilio's SIDs), dates and fractions also consist of digits, so the pattern matches them before phone numbers.
    [GeneratedRegex(@"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[A-Z]{2})?[0-9a-f]{32}|[0-9a-f]{16}|\d{4}-\d\d-\d\d|\d{1,3}\.\d{5,})\b|(?<phone>\+?\d[\d ()-]{6,}\d)")]
    private static partial Regex Phones();

    [GeneratedRegex(@"((?:secret|token|key|password|pwd|signature|sig|authorization)[""']?\s*[=:]\s*[""']?(?:(?:basic|bearer)\s+)?)[^\s&;,""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"\b(basic|bearer)\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    /// <summary>The path of a calendar feed is its secret.</summary>
    [GeneratedRegex(@"(/api/calendar/)[^\s/?#""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Calendars();

    [GeneratedRegex("""(["'“‘«]).+(["'”’»])""", RegexOptions.Singleline)]
    private static partial Regex Quotes();

    [GeneratedRegex("^([a-z][a-z0-9+.-]*://)[^/@]*@", RegexOptions.IgnoreCase)]
    private static partial Regex Logins();
}
