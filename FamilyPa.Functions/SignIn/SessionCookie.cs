using FamilyPa.Core.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FamilyPa.Functions.SignIn;

/// <summary>The session cookie: HTTP-only, and not sent with cross-site subrequests.</summary>
public sealed class SessionCookie(IOptions<AppSettings> settings)
{
    public const string Name = "familypa_session";

    public static string? Read(HttpRequest request) => request.Cookies[Name];

    public void Set(HttpResponse response, string token, DateTimeOffset expiresAt) => response.Cookies.Append(Name, token, Options(expiresAt));

    public void Clear(HttpResponse response) => response.Cookies.Delete(Name, Options(null));

    /// <remarks><c>Secure</c> depends on the public URL, because the request itself comes from the platform's proxy. Only loopback allows plain http.</remarks>
    private CookieOptions Options(DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = settings.Value.PublicBaseUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase),
        Path = "/",
        Expires = expiresAt,
        IsEssential = true,
    };
}
