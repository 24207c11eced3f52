namespace FamilyPa.Core.Storage;

/// <summary>The user and session that a token names. The database decides whether the session is valid: <c>require_session</c>.</summary>
/// <param name="Outside">Null for a token of ours. The session of an outside token is stored when it is first used.</param>
public sealed record Identity(Guid UserId, Guid SessionId, OutsideToken? Outside = null);

/// <summary>The times of a token of the OpenID Connect issuer.</summary>
public sealed record OutsideToken(DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
