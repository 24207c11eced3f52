namespace FamilyPa.Simulators.Extraction;

/// <summary>A date or time found in a text, local to the family.</summary>
/// <param name="Time">Null where no hour was said: "tomorrow morning" is a day.</param>
/// <param name="DateSaid">False for a time alone ("at 5pm"), whose <paramref name="Date"/> is the next such time.</param>
internal sealed record DateMention(int Index, int Length, DateOnly Date, TimeOnly? Time, bool DateSaid)
{
    public int End => Index + Length;
}
