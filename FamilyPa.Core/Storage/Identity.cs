namespace FamilyPa.Core.Storage;

/// <summary>Who a token says is asking. The database has the last word: <c>require_session</c>.</summary>
/// <param name="SessionId">Null when an outside issuer vouches for the member and there is no session of ours.</param>
public sealed record Identity(Guid UserId, Guid? SessionId);
