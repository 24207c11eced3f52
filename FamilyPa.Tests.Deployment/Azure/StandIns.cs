namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>
/// Stub commands at the front of <see cref="Path"/>. Each records its calls, answers as told by <see cref="Answer"/>, fails when <c>FAILING</c> contains its name, and
/// prints <c>$LISTED</c> for <c>list</c> commands. One that <see cref="CommandLine"/> does not know ends with 64. Like the real one, <c>azd env get-value</c> prints the error of a missing key on stdout.
/// </summary>
/// <remarks>Source: azure-dev, cli/azd/cmd/middleware/ux.go; Azure-Samples/holiday-peak-hub, pull request 841 (2026-04-14).</remarks>
internal sealed class StandIns : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("familypa-commands-");
    private int answers;

    public StandIns(params string[] commands)
    {
        foreach (var command in commands)
            Add(command);
    }

    public string Path => $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";

    public string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    /// <summary>The words of each call.</summary>
    public IEnumerable<string[]> CommandLines => File.Exists(In("words"))
        ? File.ReadAllText(In("words")).Split('\x1e', StringSplitOptions.RemoveEmptyEntries).Select(call => call.Split('\x1f')[..^1])
        : [];

    private string CallsFile => In("calls");

    public void Dispose() => folder.Delete(recursive: true);

    /// <param name="call">A shell pattern of the command and its arguments.</param>
    /// <param name="output">Printed on stdout, or on stderr by a failing call.</param>
    /// <param name="times">How often; afterwards the next matching answer applies.</param>
    public void Answer(string call, string output, int exitCode = 0, int times = 1000)
    {
        var number = ++answers;
        File.WriteAllText(In($"output-{number}"), output);
        File.WriteAllText(In($"left-{number}"), new string('.', times));
        File.AppendAllText(In("answers"), $$"""
            case "$call" in {{call.Replace(" ", "\\ ", StringComparison.Ordinal)}})
              if [ -s '{{In($"left-{number}")}}' ]; then
                left=$(cat '{{In($"left-{number}")}}'); printf %s "${left#.}" > '{{In($"left-{number}")}}'
                cat '{{In($"output-{number}")}}' {{(exitCode == 0 ? "" : ">&2")}}
                exit {{exitCode}}
              fi ;;
            esac

            """);
    }

    /// <param name="script">Executed in place of the call, by the stub's shell.</param>
    public void Run(string call, string script) => File.AppendAllText(In("answers"), $$"""
        case "$call" in {{call.Replace(" ", "\\ ", StringComparison.Ordinal)}}) {{script}} ;; esac

        """);

    private string In(string name) => System.IO.Path.Combine(folder.FullName, name);

    private static string OnlyKnown(string tool) => CommandLine.Of(tool).ToList() is { Count: > 0 } known
        ? $"case \"$call \" in {string.Join('|', known.Select(command => $"'{command} '*"))}) ;; *) echo \"$call: unknown\" >&2; exit 64 ;; esac"
        : "";

    private void Add(string command)
    {
        var file = In(command);
        File.WriteAllText(file, $$"""
            #!/bin/sh
            call="{{command}} $*"
            echo "$call" >> '{{CallsFile}}'
            printf '%s\037' '{{command}}' "$@" >> '{{In("words")}}'
            printf '\036' >> '{{In("words")}}'
            {{OnlyKnown(command)}}
            while [ $# -gt 0 ]; do
              [ "$1" != --file ] || echo "the file: $(cat "$2")" >> '{{CallsFile}}'
              shift
            done
            [ ! -f '{{In("answers")}}' ] || . '{{In("answers")}}'
            case "{{command}}" in ${FAILING:-}) exit 1 ;; esac
            case "$call" in 'azd env get-value '*) echo "ERROR: key '${call##* }' not found in the environment values"; exit 1 ;; esac
            case "$call" in *' list '*) echo "${LISTED:-}" ;; esac
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
