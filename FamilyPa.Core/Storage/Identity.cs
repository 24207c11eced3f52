namespace FamilyPa.Core.Storage;

/// <summary>The user and session that a token names. The database decides whether the session is valid: <c>require_session</c>.</summary>
/// <param name="SessionId">Null for a token of the OpenID Connect issuer, which belongs to no session in the database.</param>
public sealed record Identity(Guid UserId, Guid? SessionId);
