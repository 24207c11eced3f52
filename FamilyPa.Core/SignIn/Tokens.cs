using FamilyPa.Core.Storage;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FamilyPa.Core.SignIn;

/// <summary>Reads a token, ours or an outside issuer's. Each kind is checked with its own keys and algorithms, and with no other's.</summary>
public sealed class Tokens(SessionTokens ours, OutsideTokens outside)
{
    /// <summary>A real one is a few hundred characters, with an outside issuer's claims a few thousand.</summary>
    internal const int Longest = 16 * 1024;

    /// <returns>Null when it is not good for anything.</returns>
    public async Task<Identity?> ReadAsync(string token)
    {
        if (token.Length > Longest || IssuerOf(token) is not { } issuer)
            return null;
        return issuer == SessionTokens.Issuer ? await ours.ReadAsync(token) : await outside.ReadAsync(token);
    }

    /// <summary>As the token says itself: it decides only who is to judge it.</summary>
    private static string? IssuerOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Issuer;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or Microsoft.IdentityModel.Tokens.SecurityTokenException)
        {
            return null;
        }
    }
}
