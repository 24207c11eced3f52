using System.CommandLine;

namespace FamilyPa.Cli;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Url = new("--url")
    {
        Description = "Where the app is. Default: FAMILYPA_URL, or the local run.",
        Recursive = true,
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "The function key; better FAMILYPA_KEY, which no process list shows. Default: the local run's, for the local run.",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write JSON to stdout and nothing else; everything meant for people goes to stderr.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Url, Key, Json];

    /// <summary>The option, or else the environment; empty counts as not given.</summary>
    public static string? Or(string? given, string variable) =>
        !string.IsNullOrWhiteSpace(given) ? given.Trim() : Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
