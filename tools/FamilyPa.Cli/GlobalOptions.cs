using System.CommandLine;

namespace FamilyPa.Cli;

/// <summary>Options of every command.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Url = new("--url")
    {
        Description = "The app's URL. Default: FAMILYPA_URL, or the local run.",
        Recursive = true,
    };

    public static readonly Option<string?> Audience = new("--audience")
    {
        Description = "Instead of a key: the client id of the app registration for operators, for which Azure's sign-in (az login) gives a token. Default: FAMILYPA_AUDIENCE.",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Write only JSON to stdout, and messages to stderr.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Url, Audience, Json, Secrets.Rejected("--key", "Set FAMILYPA_KEY", recursive: true)];

    /// <summary>The option's value, or else the environment variable's; empty counts as absent.</summary>
    public static string? Or(string? given, string variable) =>
        !string.IsNullOrWhiteSpace(given) ? given.Trim() : Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
