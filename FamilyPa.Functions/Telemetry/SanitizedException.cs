using FamilyPa.Core.Diagnostics;

namespace FamilyPa.Functions.Telemetry;

/// <summary>Stands for an exception whose own words must not leave.</summary>
public sealed class SanitizedException(Exception error) : Exception($"{error.GetType().Name}: {Sanitizer.Message(error)}");
