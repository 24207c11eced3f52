namespace FamilyPa.Simulators.Extraction;

/// <summary>Dates cannot be recognised. The message says how to repair that.</summary>
public sealed class RecogniserException(string message, Exception? inner = null) : Exception($"Dates cannot be recognised: {message}", inner);
