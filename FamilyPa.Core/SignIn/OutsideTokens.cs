using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FamilyPa.Core.SignIn;

/// <summary>Access tokens of an outside OpenID Connect issuer (<c>OIDC_AUTHORITY</c>, <c>OIDC_AUDIENCE</c>), whose <c>sub</c> is a member's user id.</summary>
public sealed class OutsideTokens(IHttpClientFactory clients, IOptions<AppSettings> settings, ILogger<OutsideTokens> log)
{
    private readonly AccessTokens? tokens =
        string.IsNullOrEmpty(settings.Value.OidcAuthority) ? null : new(settings.Value.OidcAuthority, settings.Value.OidcAudience!, clients, log);

    /// <returns>Null when there is no such issuer, or the token is not good.</returns>
    public async Task<Identity?> ReadAsync(string token) =>
        tokens is not null && await tokens.ReadAsync(token) is { } valid && Guid.TryParse(valid.Subject, out var user) && valid.IssuedAt > DateTime.MinValue
            ? new Identity(user, SessionOf(valid), new OutsideToken(Utc(valid.IssuedAt), Utc(valid.ValidTo)))
            : null;

    /// <summary>The issuer's session (<c>sid</c>), whose tokens end together; without one, the token's own.</summary>
    private static Guid SessionOf(JsonWebToken token)
    {
        var key = token.TryGetPayloadValue<string>(JwtRegisteredClaimNames.Sid, out var session) ? $"sid {session}" : $"token {token.EncodedHeader}.{token.EncodedPayload}";
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{token.Issuer} {token.Subject} {key}")).AsSpan(0, 16));
    }

    private static DateTimeOffset Utc(DateTime time) => new(time, TimeSpan.Zero);
}
