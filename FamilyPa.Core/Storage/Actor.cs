namespace FamilyPa.Core.Storage;

/// <summary>The actor as the audit log names it, and the request.</summary>
public sealed record Actor(string Name, string RequestId);
