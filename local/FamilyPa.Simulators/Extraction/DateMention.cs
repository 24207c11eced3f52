namespace FamilyPa.Simulators.Extraction;

/// <summary>A date or time in a text, as the family's local time.</summary>
/// <param name="Time">Null if the text gives no time of day.</param>
/// <param name="HasDay">False for a time alone ("at 5pm"). <paramref name="Date"/> is then the next day with that time.</param>
internal sealed record DateMention(int Index, int Length, DateOnly Date, TimeOnly? Time, bool HasDay);
