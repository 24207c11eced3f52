namespace FamilyPa.Local.Running;

/// <param name="Port">Where the app listens; another one is taken if this is in use.</param>
/// <param name="Fresh">Begin without the data of earlier runs.</param>
/// <param name="Demo">Send a text and a voice note, show what became of them, end.</param>
/// <param name="NoBuild">Run the app as it was last built.</param>
internal sealed record RunOptions(int Port, bool Fresh, bool Demo, bool NoBuild);
