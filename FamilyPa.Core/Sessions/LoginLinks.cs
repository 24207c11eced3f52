using System.Buffers.Text;
using System.Security.Cryptography;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Microsoft.Extensions.Options;

namespace FamilyPa.Core.Sessions;

public sealed class LoginLinks(IOptions<AppSettings> app)
{
    public Uri Add(DatabaseBatch batch, Guid userId, Guid familyId)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        batch.Add(
            "insert into login_links (token_hash, family_id, user_id, expires_at) values ($1, $2, $3, now() + $4::interval)",
            SHA256.HashData(secret), familyId, userId, TimeSpan.FromMinutes(15));
        return new Uri($"{app.Value.PublicBaseUrl.TrimEnd('/')}/board/sign-in?link={Base64Url.EncodeToString(secret)}");
    }
}
