using System.Buffers.Text;
using System.Security.Cryptography;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Sessions;

/// <summary>Links that sign a member in with one tap, once. Whoever has the link is the member, so it goes to the member's own phone only.</summary>
public sealed class LoginLinks(Database database, IOptions<AppSettings> app, IOptions<SignInSettings> settings)
{
    /// <summary>A new link, good for a quarter of an hour. Opening it spends nothing: the page behind it does, so that a previewer of links cannot.</summary>
    public async Task<Uri> CreateAsync(Guid userId, Guid familyId, CancellationToken cancellation)
    {
        await using var batch = database.AsService();
        var link = Add(batch, userId, familyId);
        await batch.ExecuteAsync(cancellation);
        return link;
    }

    /// <summary>As <see cref="CreateAsync"/>, in the transaction of the message that takes it to the member. The batch may run again.</summary>
    public Uri Add(DatabaseBatch batch, Guid userId, Guid familyId)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        batch.Add(
            "insert into login_links (token_hash, family_id, user_id, expires_at) values ($1, $2, $3, now() + $4::interval) on conflict do nothing",
            SHA256.HashData(secret), familyId, userId, settings.Value.LinkLifetime);
        return new Uri($"{app.Value.PublicBaseUrl.TrimEnd('/')}/board/sign-in?link={Base64Url.EncodeToString(secret)}");
    }

    /// <summary>What a link's token is kept as; null when it cannot be one. The secret is long enough to need no key.</summary>
    internal static byte[]? HashOf(string token) =>
        token.Length <= 64 && Base64Url.IsValid(token, out var length) && length == 32 ? SHA256.HashData(Base64Url.DecodeFromChars(token)) : null;
}
