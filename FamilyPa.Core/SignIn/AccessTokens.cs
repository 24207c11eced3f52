using FamilyPa.Core.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Core.SignIn;

/// <summary>
/// Access tokens of one OpenID Connect issuer for one audience. The issuer's keys are found by discovery, cached, and fetched again when a token names
/// an unknown one.
/// </summary>
internal sealed class AccessTokens(string authority, string audience, IHttpClientFactory clients, ILogger log)
{
    /// <summary>The claims that name the client which a token was issued to: RFC 9068, OpenID Connect, and Entra's version 1.</summary>
    private static readonly string[] ClientClaims = ["client_id", "azp", "appid"];

    private static readonly string[] IdTokenClaims = ["nonce", "at_hash", "c_hash"];

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters rules = Rules(authority, audience, clients);

    /// <returns>Null when the token is invalid, or is an ID token.</returns>
    public async Task<JsonWebToken?> ReadAsync(string token)
    {
        var result = await handler.ValidateTokenAsync(token, rules);
        if (!result.IsValid && result.Exception is not SecurityTokenException and not ArgumentException)
            log.IssuerUnreachable(ErrorCode.Of(result.Exception));
        return result.IsValid && result.SecurityToken is JsonWebToken valid && IsAccessToken(valid) ? valid : null;
    }

    /// <remarks>
    /// An ID token tells a client who signed in, and gives no access. OpenID Connect does not mark it, so an access token must show what it is: by its
    /// type (RFC 9068), by a scope, or by a client that is not its audience. The audience of an ID token is its client.
    /// </remarks>
    private static bool IsAccessToken(JsonWebToken token)
    {
        if (Array.Exists(IdTokenClaims, Has))
            return false;
        return token.Typ?.ToUpperInvariant() is "AT+JWT" or "APPLICATION/AT+JWT" || Has("scp") || Has("scope")
            || Array.Exists(ClientClaims, claim => token.TryGetPayloadValue<string>(claim, out var client) && !token.Audiences.Contains(client));

        bool Has(string claim) => token.TryGetPayloadValue<object>(claim, out _);
    }

    private static TokenValidationParameters Rules(string authority, string audience, IHttpClientFactory clients)
    {
        var discovery = $"{authority.TrimEnd('/')}/.well-known/openid-configuration";
        var documents = new HttpDocumentRetriever(clients.CreateClient(nameof(AccessTokens)))
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
            ValidAudience = audience,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(30),
        };
    }
}
