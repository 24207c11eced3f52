namespace FamilyPa.Simulators.Extraction;

/// <summary>A line, a list item or a sentence of the message.</summary>
/// <param name="IsItem">It stood in a list, so it is meant as something to do.</param>
/// <param name="Header">The line that the list stands under ("Saturday:", "Ben:").</param>
internal sealed record Piece(string Text, bool IsItem, string? Header);
