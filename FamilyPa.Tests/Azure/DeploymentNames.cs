using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Azure;

/// <summary>What passes between an <c>azd</c> environment and the deployment, as <c>infra/</c> names it.</summary>
internal static partial class DeploymentNames
{
    /// <summary>What a deployment reads.</summary>
    public static IReadOnlyList<string> Read { get; } = Of(ReadName(), "main.bicepparam");

    /// <summary>What it leaves there.</summary>
    public static IReadOnlyList<string> Outputs { get; } = Of(OutputName(), "main.bicep");

    private static List<string> Of(Regex name, string file) =>
        [.. name.Matches(File.ReadAllText(Path.Combine(Repository.Root, "infra", file))).Select(match => match.Groups[1].Value).Distinct()];

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex ReadName();

    [GeneratedRegex(@"^output ([A-Z_]+) ", RegexOptions.Multiline)]
    private static partial Regex OutputName();
}
