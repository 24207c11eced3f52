using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>The names that an <c>azd</c> environment and <c>infra/</c> share.</summary>
internal static partial class DeploymentNames
{
    /// <summary>The values that a deployment reads.</summary>
    public static IReadOnlyList<string> Read { get; } = Of(ReadName(), "main.bicepparam");

    /// <summary>The values that a deployment writes.</summary>
    public static IReadOnlyList<string> Outputs { get; } = Of(OutputName(), "main.bicep");

    /// <summary>The secrets in the key vault.</summary>
    public static IReadOnlyList<string> Secrets { get; } = Of(Quoted(), "modules/keyVault.bicep", SecretNames());

    /// <summary>The queues of the storage account, without poison queues.</summary>
    public static IReadOnlyList<string> Queues { get; } = Of(Quoted(), "modules/storage.bicep", Phases());

    private static List<string> Of(Regex name, string file, Regex? part = null)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "infra", file));
        return [.. name.Matches(part?.Match(text).Value ?? text).Select(match => match.Groups[1].Value).Distinct()];
    }

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex ReadName();

    [GeneratedRegex(@"^output ([A-Z_]+) ", RegexOptions.Multiline)]
    private static partial Regex OutputName();

    [GeneratedRegex(@"(?<=var secretNames = )\[.*?\]", RegexOptions.Singleline)]
    private static partial Regex SecretNames();

    [GeneratedRegex(@"(?<=var phases = )\[.*?\]", RegexOptions.Singleline)]
    private static partial Regex Phases();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
