namespace FamilyPa.Cli;

/// <summary>The exit codes.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Refused = 4;
    public const int Unreachable = 5;

    public const string Help = "Exit codes: 0 done, 1 failed or partly done, 2 wrong usage, 3 not found, 4 rejected (key, signature), 5 unreachable.";
}

/// <summary>Ends the command with a one-line message without secrets.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static CliException Usage(string message) => new(Cli.ExitCode.Usage, message);
}
