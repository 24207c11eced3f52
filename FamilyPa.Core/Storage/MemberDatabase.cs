namespace FamilyPa.Core.Storage;

public static class MemberDatabase
{
    /// <summary>
    /// Begins a batch as that member and first checks the session, in the same round trip. A revoked session therefore loses access at once:
    /// the batch fails with <c>FP003</c> and is rolled back.
    /// </summary>
    public static DatabaseBatch AsMember(this Database database, Identity identity)
    {
        var batch = database.AsMember(identity.UserId, identity.SessionId);
        return identity.Outside is { } outside
            ? batch.Guard("select require_outside_session($1, $2, $3)", identity.SessionId, outside.IssuedAt, outside.ExpiresAt)
            : batch.Guard("select require_session($1)", identity.SessionId);
    }
}
