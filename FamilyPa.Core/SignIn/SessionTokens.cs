using System.Security.Claims;
using FamilyPa.Core.Storage;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Core.SignIn;

/// <summary>Sessions as signed tokens (JWT, HS256). A token alone opens nothing: its session must still be there.</summary>
public sealed class SessionTokens(SessionKeys keys)
{
    public const string Issuer = "familypa";

    private const string Audience = "familypa-board";

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };

    private readonly TokenValidationParameters rules = new()
    {
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        IssuerSigningKeys = keys.Signing,
        ValidIssuer = Issuer,
        ValidAudience = Audience,
        RequireExpirationTime = true,
        // Signed and checked by the same app: there is no other clock to be wrong.
        ClockSkew = TimeSpan.Zero,
    };

    public string Create(Guid userId, Guid sessionId, DateTimeOffset expiresAt) => handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Subject = new ClaimsIdentity([new(JwtRegisteredClaimNames.Sub, userId.ToString()), new(JwtRegisteredClaimNames.Sid, sessionId.ToString())]),
        Expires = expiresAt.UtcDateTime,
        SigningCredentials = new SigningCredentials(keys.Signing[0], SecurityAlgorithms.HmacSha256),
    });

    /// <returns>Null when it is none of ours, or no longer good.</returns>
    public async Task<Identity?> ReadAsync(string token)
    {
        var result = await handler.ValidateTokenAsync(token, rules);
        return result.IsValid
            && Guid.TryParse(result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, out var user)
            && Guid.TryParse(result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sid)?.Value, out var session)
                ? new Identity(user, session)
                : null;
    }
}
