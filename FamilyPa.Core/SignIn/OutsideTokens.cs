using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Core.SignIn;

/// <summary>
/// Tokens of an outside OpenID Connect issuer (<c>OIDC_AUTHORITY</c>, <c>OIDC_AUDIENCE</c>), whose <c>sub</c> is a member's user id. Its keys are
/// found by discovery, kept, and looked for again when a token names one that is not known.
/// </summary>
public sealed class OutsideTokens(IHttpClientFactory clients, IOptions<AppSettings> settings, ILogger<OutsideTokens> log)
{
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters? rules = string.IsNullOrEmpty(settings.Value.OidcAuthority) ? null : Rules(clients, settings.Value);

    /// <returns>Null when there is no such issuer, or the token is not good.</returns>
    public async Task<Identity?> ReadAsync(string token)
    {
        if (rules is null)
            return null;
        var result = await handler.ValidateTokenAsync(token, rules);
        if (!result.IsValid && result.Exception is not SecurityTokenException and not ArgumentException)
            log.IssuerUnreachable(ErrorCode.Of(result.Exception));
        return result.IsValid && Guid.TryParse(result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, out var user)
            ? new Identity(user, null)
            : null;
    }

    private static TokenValidationParameters Rules(IHttpClientFactory clients, AppSettings app)
    {
        var discovery = $"{app.OidcAuthority!.TrimEnd('/')}/.well-known/openid-configuration";
        var documents = new HttpDocumentRetriever(clients.CreateClient(nameof(OutsideTokens)))
        {
            // The settings' own rule lets plain http through for loopback addresses only.
            RequireHttps = !new Uri(discovery).IsLoopback,
        };
        return new TokenValidationParameters
        {
            ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(discovery, new OpenIdConnectConfigurationRetriever(), documents)
            {
                // Long enough for an issuer's key change, short enough that a stranger's made-up key ids do not become a stream of requests.
                RefreshInterval = TimeSpan.FromSeconds(30),
            },
            // Never a symmetric one: an issuer's public key must not serve as a shared secret.
            ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
                SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ],
            ValidAudience = app.OidcAudience,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(30),
        };
    }
}
