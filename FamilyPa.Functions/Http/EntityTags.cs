using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Http;

/// <summary>Entity tags (RFC 9110): of one thing its version, of a list a hash of what is shown.</summary>
internal static class EntityTags
{
    public static string OfVersion(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Weak: the same rows, not the same bytes, is what it promises.</summary>
    public static string OfContent(string content) => $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16))}\"";

    /// <summary>Whether the caller has this one already.</summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));

    /// <summary>The answer to a change that was meant for another version.</summary>
    /// <param name="version">The one it is at, where that is known.</param>
    public static IResult Conflict(HttpContext http, int? version)
    {
        if (version is { } current)
            http.Response.Headers.ETag = OfVersion(current);
        return Problem.Of(http, StatusCodes.Status412PreconditionFailed, "version_conflict", "Somebody else changed it meanwhile: read it again.");
    }

    /// <summary>
    /// The versions that a change is meant for (<c>If-Match</c>); null when any will do. A tag that is none of ours matches no version, so that the
    /// change does not happen: better than to guess what was meant.
    /// </summary>
    public static int[]? Expected(HttpRequest request)
    {
        if (request.Headers.IfMatch.Count == 0)
            return null;
        if (!EntityTagHeaderValue.TryParseList(request.Headers.IfMatch, out var tags))
            return [];
        if (tags.Contains(EntityTagHeaderValue.Any))
            return null;
        return [.. tags.Where(tag => !tag.IsWeak)
            .Select(tag => int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1)];
    }
}
