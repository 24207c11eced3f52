namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>
/// Stub commands at the front of <see cref="Path"/>. Each records its calls, fails when <c>FAILING</c> contains its name, and prints <c>$LISTED</c> for <c>list</c>
/// commands.
/// </summary>
internal sealed class StandIns : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("familypa-commands-");

    public StandIns(params string[] commands)
    {
        foreach (var command in commands)
            Add(command);
    }

    public string Path => $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";

    public string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    private string CallsFile => System.IO.Path.Combine(folder.FullName, "calls");

    public void Dispose() => folder.Delete(recursive: true);

    private void Add(string command)
    {
        var file = System.IO.Path.Combine(folder.FullName, command);
        File.WriteAllText(file, $$"""
            #!/bin/sh
            echo "{{command}} $*" >> '{{CallsFile}}'
            case "{{command}}" in ${FAILING:-}) exit 1 ;; esac
            case "$*" in *' list '*) echo "${LISTED:-}" ;; esac
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
