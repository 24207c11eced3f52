namespace FamilyPa.Core.Storage;

/// <summary>Who acts, as the audit log names it, and in which request.</summary>
public sealed record Actor(string Name, string RequestId);
