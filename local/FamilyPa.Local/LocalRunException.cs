namespace FamilyPa.Local;

/// <summary>A problem that a developer can fix. The message explains how and is shown without a stack trace.</summary>
public sealed class LocalRunException(string message) : Exception(message);
