using FamilyPa.Local;

namespace FamilyPa.Tests.Infrastructure.Monitoring;

/// <summary>The queries of <c>infra/monitoring</c> by file name.</summary>
internal static class Queries
{
    public static IReadOnlyDictionary<string, string> Alerts { get; } = Read("alerts");

    public static IReadOnlyDictionary<string, string> Workbook { get; } = Read("workbook");

    public static IReadOnlyDictionary<string, string> All { get; } =
        Alerts.Select(query => ($"alerts/{query.Key}", query.Value)).Concat(Workbook.Select(query => ($"workbook/{query.Key}", query.Value))).ToDictionary();

    private static Dictionary<string, string> Read(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "infra", "monitoring", folder), "*.kql")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
}
