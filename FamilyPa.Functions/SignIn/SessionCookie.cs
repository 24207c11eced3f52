using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.SignIn;

/// <summary>The session cookie: HTTP-only, and not sent with cross-site subrequests.</summary>
public static class SessionCookie
{
    /// <summary>With this prefix browsers take it from this host only, for all paths, and over TLS only (loopback counts as such).</summary>
    public const string Name = "__Host-familypa_session";

    public static string? Read(HttpRequest request) => request.Cookies[Name];

    public static void Set(HttpResponse response, string token, DateTimeOffset expiresAt) => response.Cookies.Append(Name, token, Options(expiresAt));

    public static void Clear(HttpResponse response) => response.Cookies.Delete(Name, Options(null));

    private static CookieOptions Options(DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = true,
        Path = "/",
        Expires = expiresAt,
        IsEssential = true,
    };
}
