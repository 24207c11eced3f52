using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Http;

/// <summary>Entity tags (RFC 9110): a resource's version, or a hash of a list's content.</summary>
internal static class EntityTags
{
    public static string OfVersion(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>A weak tag: it identifies the same rows, not the same bytes.</summary>
    public static string OfContent(string content) => $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16))}\"";

    /// <summary>Whether the client already has this version.</summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));

    /// <summary>The response to a change whose expected version is outdated.</summary>
    /// <param name="version">The current version, if known.</param>
    public static IResult Conflict(HttpContext http, int? version)
    {
        if (version is { } current)
            http.Response.Headers.ETag = OfVersion(current);
        return Problem.Of(http, StatusCodes.Status412PreconditionFailed, "version_conflict", "Another request has changed it. Read it again.");
    }

    /// <summary>
    /// The versions that <c>If-Match</c> accepts; null for any. An unknown tag matches no version, so the change is rejected.
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
