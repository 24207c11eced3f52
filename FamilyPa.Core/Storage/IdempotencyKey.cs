namespace FamilyPa.Core.Storage;

/// <summary>A key that a member's client sends so that a repeated request takes effect only once.</summary>
/// <param name="RequestHash">Hash of the request. A different request under the same key must not get the stored response.</param>
public sealed record IdempotencyKey(string Key, byte[] RequestHash);
