using System.Text.RegularExpressions;

namespace FamilyPa.Core.Diagnostics;

/// <summary>The one place where what is kept or sent elsewhere loses what it must not hold: secrets, phone numbers, what people wrote.</summary>
public static partial class Sanitizer
{
    private const int LongestMessage = 500;
    private const int LongestStack = 4000;

    /// <summary>Shorter ones would be found in ordinary words.</summary>
    private const int ShortestSecret = 8;

    private static volatile string[] known = [];

    /// <summary>From now on these values themselves are masked as well, wherever they stand.</summary>
    public static void Hide(IEnumerable<string?> secrets) =>
        known = [.. secrets.OfType<string>().Where(secret => secret.Length >= ShortestSecret).Distinct().OrderByDescending(secret => secret.Length)];

    /// <summary>The exception's message without what it may have been told by others.</summary>
    /// <remarks>
    /// A remote service's own words may quote the message back at us, so of its answers only the code is kept. The framework quotes what it
    /// could not read or find, so of its messages everything in quotes is left out.
    /// </remarks>
    public static string Message(Exception error) => error switch
    {
        System.ClientModel.ClientResultException e => $"Azure OpenAI answered {e.Status}",
        Npgsql.PostgresException e => $"PostgreSQL refused: {e.SqlState}",
        Azure.RequestFailedException e => $"Azure Storage answered {e.Status} {e.ErrorCode}",
        _ when IsOurs(error) => Text(error.Message).Shorten(LongestMessage),
        _ => Quotes().Replace(Text(error.Message), "$1…$2").Shorten(LongestMessage),
    };

    /// <summary>Types and places, without any message.</summary>
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

    /// <summary>Masks everything that looks like a secret or a phone number. Ids and dates stay what they are.</summary>
    public static string Text(string text)
    {
        foreach (var secret in known)
            text = text.Replace(secret, "…", StringComparison.Ordinal);
        text = Credentials().Replace(Secrets().Replace(text, "$1…"), "$1 …");
        return Phones().Replace(text, match => match.Groups["phone"].Success ? $"…{match.Value[^2..]}" : match.Value);
    }

    /// <summary>A URL without its query, which may hold signatures, secrets and numbers, and without a login.</summary>
    public static string Url(string url) => Logins().Replace(url.Split('?', 2)[0], "$1");

    /// <summary>Whether an exception says only what we made it say, and may stand in any log as it is.</summary>
    public static bool IsClean(Exception error) => error.InnerException is null && IsOurs(error);

    private static bool IsOurs(Exception error) => error.GetType().FullName?.StartsWith("FamilyPa.", StringComparison.Ordinal) is true;

    // Ids (GUIDs, and 32 or 16 hexadecimal digits with or without Twilio's two letters), dates and fractions are made of digits too: they are taken first.
    [GeneratedRegex(@"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[A-Z]{2})?[0-9a-f]{32}|[0-9a-f]{16}|\d{4}-\d\d-\d\d|\d{1,3}\.\d{5,})\b|(?<phone>\+?\d[\d ()-]{6,}\d)")]
    private static partial Regex Phones();

    [GeneratedRegex(@"((?:secret|token|key|password|pwd|signature|sig|authorization)[""']?\s*[=:]\s*[""']?(?:(?:basic|bearer)\s+)?)[^\s&;,""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"\b(basic|bearer)\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    [GeneratedRegex("""(["'“‘«]).+(["'”’»])""", RegexOptions.Singleline)]
    private static partial Regex Quotes();

    [GeneratedRegex("^([a-z][a-z0-9+.-]*://)[^/@]*@", RegexOptions.IgnoreCase)]
    private static partial Regex Logins();
}
