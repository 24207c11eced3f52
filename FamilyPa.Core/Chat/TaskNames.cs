using FamilyPa.Core.Replies;

namespace FamilyPa.Core.Chat;

/// <summary>Finds a task by words of its title.</summary>
internal static class TaskNames
{
    /// <param name="name">Normalised words.</param>
    /// <returns>The only task with this title, or the only task whose title contains the words; null when there is no task or more than one.</returns>
    public static Guid? Find(string name, IReadOnlyList<ListedTask> tasks)
    {
        if (name.Length == 0)
            return null;
        var titles = tasks.Select(task => (task.Id, Words: Words(task.Title))).ToList();
        return Only(titles.Where(title => title.Words == name)) ?? Only(titles.Where(title => $" {title.Words} ".Contains($" {name} ", StringComparison.Ordinal)));
    }

    /// <summary>Whether a task's title contains the words.</summary>
    public static bool IsIn(string name, string title) => $" {Words(title)} ".Contains($" {name} ", StringComparison.Ordinal);

    /// <summary>A title as it is compared: without case, accents and punctuation, unless there is nothing else.</summary>
    public static string Words(string title) => string.Join(' ', PlainWords.Of(title)) is { Length: > 0 } words ? words : title;

    private static Guid? Only(IEnumerable<(Guid Id, string Words)> titles) => titles.Take(2).ToList() is [var one] ? one.Id : null;
}
