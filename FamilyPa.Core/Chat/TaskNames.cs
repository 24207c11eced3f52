namespace FamilyPa.Core.Chat;

/// <summary>Finds the task that somebody means by a few of its words.</summary>
internal static class TaskNames
{
    /// <param name="name">Plain words.</param>
    /// <returns>The only task that has them in its title, or the only one whose title they are; null when it could be another.</returns>
    public static Guid? Find(string name, IReadOnlyList<ListedTask> tasks)
    {
        if (name.Length == 0)
            return null;
        var titles = tasks.Select(task => (task.Id, Words: string.Join(' ', PlainWords.Of(task.Title)))).ToList();
        return Only(titles.Where(title => title.Words == name)) ?? Only(titles.Where(title => $" {title.Words} ".Contains($" {name} ", StringComparison.Ordinal)));
    }

    private static Guid? Only(IEnumerable<(Guid Id, string Words)> titles) => titles.Take(2).ToList() is [var one] ? one.Id : null;
}
