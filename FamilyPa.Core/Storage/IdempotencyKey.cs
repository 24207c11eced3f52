namespace FamilyPa.Core.Storage;

/// <summary>A member's key under which the same request may be sent again without being done again.</summary>
/// <param name="RequestHash">Of what was asked: another request must not get the first one's answer.</param>
public sealed record IdempotencyKey(string Key, byte[] RequestHash);
