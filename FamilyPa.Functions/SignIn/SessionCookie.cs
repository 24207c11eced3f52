using FamilyPa.Core.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FamilyPa.Functions.SignIn;

/// <summary>The session of a browser: out of reach of scripts, and not sent along with what other sites make it send.</summary>
public sealed class SessionCookie(IOptions<AppSettings> settings)
{
    public const string Name = "familypa_session";

    public static string? Read(HttpRequest request) => request.Cookies[Name];

    public void Set(HttpResponse response, string token, DateTimeOffset expiresAt) => response.Cookies.Append(Name, token, Options(expiresAt));

    public void Clear(HttpResponse response) => response.Cookies.Delete(Name, Options(null));

    /// <remarks>What the browser sees is the public address; the request itself comes from the platform's proxy. Plain http is allowed on loopback only.</remarks>
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
