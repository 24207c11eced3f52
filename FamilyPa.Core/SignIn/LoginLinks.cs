using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.SignIn;

/// <summary>Links that sign a member in once, by a tap on the page that they open. A link is a credential, so it goes to the member's own phone only.</summary>
public sealed partial class LoginLinks(Database database, IOptions<AppSettings> app, IOptions<SignInSettings> settings)
{
    /// <summary>The token is in the fragment, which browsers send to no server: it is in no log and no referrer.</summary>
    private const string Path = "/board/sign-in#link=";
    private const string Stand = "once";

    /// <summary>What stands for a link in the message that is kept: only what is sent has the link itself.</summary>
    public Uri Placeholder => At(Stand);

    /// <summary>A new link, good for a quarter of an hour. Opening it spends nothing, also where scripts run: the tap on its page does.</summary>
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
        return At(Base64Url.EncodeToString(secret));
    }

    /// <summary>A message as it is sent, from what is kept of it.</summary>
    public static string Fill(string kept, Uri link) => kept.Replace(Path + Stand, Path + link.Fragment["#link=".Length..], StringComparison.Ordinal);

    /// <summary>The stored text of a sent message.</summary>
    public static string Keep(string sent) => Links().Replace(sent, Stand);

    /// <summary>Whether a message that is kept had a link in it.</summary>
    public static bool HadLink(string kept) => kept.Contains(Path + Stand, StringComparison.Ordinal);

    /// <summary>What a link's token is kept as; null when it cannot be one. The secret is long enough to need no key.</summary>
    internal static byte[]? HashOf(string token) =>
        token.Length <= 64 && Base64Url.IsValid(token, out var length) && length == 32 ? SHA256.HashData(Base64Url.DecodeFromChars(token)) : null;

    private Uri At(string token) => new($"{app.Value.PublicBaseUrl.TrimEnd('/')}{Path}{token}");

    [GeneratedRegex(@"(?<=/board/sign-in#link=)[A-Za-z0-9_-]{43}")]
    private static partial Regex Links();
}
