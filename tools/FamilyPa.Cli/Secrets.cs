using System.CommandLine;
using FamilyPa.Cli.Output;
using Spectre.Console;

namespace FamilyPa.Cli;

/// <summary>Secrets come from the environment, a file or a prompt. Process lists and shell histories show arguments.</summary>
internal static class Secrets
{
    /// <summary>An option that is rejected. The message does not repeat its value.</summary>
    /// <param name="instead">What to do instead, as an imperative sentence without a period.</param>
    public static Option<string?> Rejected(string name, string instead, bool recursive = false)
    {
        var option = new Option<string?>(name) { Hidden = true, Recursive = recursive };
        option.Validators.Add(result => result.AddError($"{name} is not accepted, because process lists show arguments. {instead}"));
        return option;
    }

    public static Option<string?> File(string name, string content) => new(name) { Description = $"File with {content}; - asks for it, or reads a line of redirected input." };

    /// <returns>The content of the file, else the value of the variable; null if neither is given.</returns>
    public static string? Read(string? file, string variable, string question) => file switch
    {
        null => GlobalOptions.Or(null, variable),
        "-" => Ask(question),
        _ => ReadFile(file),
    };

    /// <remarks>Asks on stderr, without an echo.</remarks>
    public static string Ask(string question) => Screen.IsInteractive
        ? Screen.Err.Prompt(new TextPrompt<string>(question).Secret(null))
        : Console.ReadLine() ?? throw CliException.Usage($"{question} stdin is empty");

    private static string ReadFile(string file)
    {
        try
        {
            return System.IO.File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"cannot read {file}: {e.Message}");
        }
    }
}
