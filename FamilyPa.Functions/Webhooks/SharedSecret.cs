using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace FamilyPa.Functions.Webhooks;

/// <summary>The secret in the webhook's URL (<c>?secret=</c>), current or next.</summary>
public sealed class SharedSecret(IOptions<AppSettings> settings)
{
    private readonly byte[][] accepted =
        [.. new[] { settings.Value.WebhookSharedSecret, settings.Value.WebhookSharedSecretNext }
            .Where(secret => !string.IsNullOrEmpty(secret)).Select(secret => Hash(secret!))];

    /// <summary>Compares hashes in fixed time: neither the place of the first difference nor the length shows.</summary>
    public bool IsValid(StringValues given)
    {
        var valid = false;
        var hash = Hash(given.Count == 1 ? given[0] ?? "" : "");
        foreach (var secret in accepted)
            valid |= CryptographicOperations.FixedTimeEquals(hash, secret);
        return valid;
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
