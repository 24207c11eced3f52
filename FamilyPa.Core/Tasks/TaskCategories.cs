namespace FamilyPa.Core.Tasks;

public static class TaskCategories
{
    private const string Other = "other";

    public static IReadOnlyList<string> All { get; } =
        ["shopping", "household", "school", "health", "appointments", "errands", "family", "work", "finance", Other];

    /// <returns><c>other</c> for an unknown category.</returns>
    public static string? Of(string? text) => text is null || All.Contains(text) ? text : Other;
}
