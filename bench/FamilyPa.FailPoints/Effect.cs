using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FamilyPa.FailPoints;

/// <summary>Describes an external effect in a few words that are the same in every run.</summary>
internal static partial class Effect
{
    private const int Longest = 60;

    public static string Describe(Activity activity) =>
        activity.GetTagItem("db.query.text") is string sql
            ? $"database {Cut(Spaces().Replace(Prelude().Replace(sql, ""), " "))}"
            : $"{activity.GetTagItem("http.request.method")} {Place(activity.GetTagItem("url.full") as string)}";

    /// <summary>The kind of failure; empty on success.</summary>
    public static string Failure(Activity activity) =>
        activity.GetTagItem("http.response.status_code") is int status and >= 400 ? $" {status}"
        : activity.Status == ActivityStatusCode.Error ? " failed"
        : "";

    private static string Place(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) ? Cut(Id().Replace(address.AbsolutePath, "…")) : "?";

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest];

    /// <summary>Most batches begin with the same statements: set the role, hold the lease.</summary>
    [GeneratedRegex(@"^\s*(?:select (?:set_config|hold_lease)\([^;]*;\s*)+")]
    private static partial Regex Prelude();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <summary>Ids of messages, media, accounts and blobs.</summary>
    [GeneratedRegex("[0-9A-Za-z]*[0-9a-f]{16,}[0-9a-f-]*")]
    private static partial Regex Id();
}
