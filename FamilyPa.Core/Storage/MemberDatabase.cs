namespace FamilyPa.Core.Storage;

public static class MemberDatabase
{
    /// <summary>
    /// Begins a batch as that member, and has the database look first whether the session still is one: in the same round trip, so that a session
    /// which was ended a moment ago is worth nothing already. Where it is none, the batch fails with <c>FP003</c> and nothing of it happens.
    /// </summary>
    public static DatabaseBatch AsMember(this Database database, Identity identity) =>
        database.AsMember(identity.UserId).Guard("select require_session($1::uuid)", identity.SessionId);
}
