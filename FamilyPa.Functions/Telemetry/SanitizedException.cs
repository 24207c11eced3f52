using FamilyPa.Core.Diagnostics;

namespace FamilyPa.Functions.Telemetry;

/// <summary>Replaces an exception whose message must not leave the app.</summary>
public sealed class SanitizedException(Exception error) : Exception($"{error.GetType().Name}: {Sanitizer.Message(error)}");
