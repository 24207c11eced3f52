using System.Text.RegularExpressions;

namespace FamilyPa.Core.Diagnostics;

/// <summary>The one place where an error loses what must not be kept: secrets, phone numbers, what people wrote.</summary>
public static partial class Sanitizer
{
    private const int LongestMessage = 500;
    private const int LongestStack = 4000;

    /// <summary>The exception's kind and message with everything that looks like a secret or a phone number masked.</summary>
    /// <remarks>A remote service's own words may quote the message back at us, so of its answers only the code is kept.</remarks>
    public static string Message(Exception error) => error switch
    {
        System.ClientModel.ClientResultException e => $"Azure OpenAI answered {e.Status}",
        Npgsql.PostgresException e => $"PostgreSQL refused: {e.SqlState}",
        Azure.RequestFailedException e => $"Azure Storage answered {e.Status} {e.ErrorCode}",
        _ => Mask(error.Message),
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

        return Cut(string.Join('\n', lines), LongestStack);
    }

    private static string Mask(string text) => Cut(Secrets().Replace(Phones().Replace(text, m => $"…{m.Value[^2..]}"), "$1…"), LongestMessage);

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + "…";

    [GeneratedRegex(@"\+?\d[\d ()-]{6,}\d")]
    private static partial Regex Phones();

    [GeneratedRegex(@"((?:secret|token|key|password|pwd|signature|sig|authorization:? *(?:basic|bearer)|bearer)\s*[=:]?\s*)[^\s&;,""']+", RegexOptions.IgnoreCase)]
    private static partial Regex Secrets();
}
