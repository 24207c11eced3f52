namespace FamilyPa.Core.Tasks;

/// <summary>A task's category is the list that it is on. The default lists exist always, a family's own as long as a task is on them.</summary>
public static class TaskCategories
{
    public const string Shopping = "shopping";
    public const string Other = "other";

    /// <summary>Maximum length of a name in characters.</summary>
    public const int Longest = 40;

    /// <summary>Maximum number of a family's own lists. The database holds it too (<c>limit_lists</c>).</summary>
    public const int MostOwn = 50;

    /// <summary>The default lists.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Shopping, "household", "school", "health", "appointments", "errands", "family", "work", "finance", Other];

    /// <summary>A name as it is stored: on one line, in lower case, and not too long.</summary>
    public static string? Of(string? text)
    {
        var name = string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
        return name.Length == 0 ? null : name.Length <= Longest ? name : Other;
    }
}
