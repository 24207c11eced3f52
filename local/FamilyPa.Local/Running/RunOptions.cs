namespace FamilyPa.Local.Running;

/// <param name="Port">The app's port; another one if it is in use.</param>
/// <param name="Fresh">Delete the data of earlier runs first.</param>
/// <param name="Demo">Send a text and a voice note, show the results, and stop.</param>
/// <param name="NoBuild">Run the last build.</param>
internal sealed record RunOptions(int Port, bool Fresh, bool Demo, bool NoBuild);
