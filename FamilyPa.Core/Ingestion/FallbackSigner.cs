using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Ingestion;

/// <summary>Signs the messages of the fallback queue, so that write access to the queue does not suffice to impersonate a member.</summary>
/// <remarks>The key is derived from the session signing key, which is in no URL. During a rotation both keys verify, and the first signs.</remarks>
public sealed class FallbackSigner(IOptions<AppSettings> settings)
{
    private readonly byte[][] keys =
        [.. new[] { settings.Value.SessionSigningKey, settings.Value.SessionSigningKeyNext }.Where(key => !string.IsNullOrEmpty(key))
            .Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key!), 32, info: "familypa fallback queue"u8.ToArray()))];

    public FallbackMessage Sign(FallbackMessage message) => message with { Mac = HMACSHA256.HashData(keys[0], message.SignedBytes()) };

    public bool IsValid(FallbackMessage message)
    {
        var valid = false;
        foreach (var key in keys)
            valid |= CryptographicOperations.FixedTimeEquals(message.Mac, HMACSHA256.HashData(key, message.SignedBytes()));
        return valid;
    }
}
