namespace FamilyPa.Simulators.Extraction;

/// <summary>Dates cannot be recognised now; the message says what to do about it.</summary>
public sealed class RecogniserException(string message, Exception? inner = null) : Exception(message, inner);
