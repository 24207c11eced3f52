using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Core.SignIn;

/// <summary>
/// What sessions are signed with, and what is derived from it. While keys are rotated both verify; the first signs. Codes and counts go by
/// the first alone: a code that was sent before it changed has to be asked for again.
/// </summary>
public sealed class SessionKeys(IOptions<AppSettings> settings)
{
    private readonly byte[] hashing = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.Value.SessionSigningKey), 32, info: "familypa sign-in"u8.ToArray());

    /// <summary>The key that signs, then the one that also verifies, if there is one.</summary>
    public IReadOnlyList<SymmetricSecurityKey> Signing { get; } =
        [.. new[] { settings.Value.SessionSigningKey, settings.Value.SessionSigningKeyNext }
            .Where(key => !string.IsNullOrEmpty(key)).Select(key => new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key!)))];

    /// <summary>What a number is kept and counted by. Numbers are few: without a key their hashes could be read back.</summary>
    public byte[] OfPhone(string phone) => Hash($"phone {phone}");

    /// <summary>What a code is kept as. Codes are few too, and the same code of another number is another hash.</summary>
    public byte[] OfCode(string phone, string code) => Hash($"code {phone} {code}");

    private byte[] Hash(string text) => HMACSHA256.HashData(hashing, Encoding.UTF8.GetBytes(text));
}
