namespace FamilyPa.Tests.Azure;

/// <summary>
/// Commands that stand in for those of the same names, first on a <see cref="Path"/>. Each notes how it was called. Those it is made with fail when
/// <c>FAILING</c> names them, and answer <c>$LISTED</c> when they are asked for a list.
/// </summary>
internal sealed class StandIns : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("familypa-commands-");

    public StandIns(params string[] commands)
    {
        foreach (var command in commands)
            Add(command, $"case \"{command}\" in ${{FAILING:-}}) exit 1 ;; esac\ncase \"$*\" in *' list '*) echo \"${{LISTED:-}}\" ;; esac\n");
    }

    public string Path => $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";

    public string[] Calls => Noted("calls");

    /// <summary>Those that failed, also where the shell that called took no notice.</summary>
    public string[] Failures => Noted("failures");

    /// <param name="script">What it does once the call is noted, for a POSIX shell.</param>
    public void Add(string command, string script)
    {
        var file = System.IO.Path.Combine(folder.FullName, command);
        File.WriteAllText(
            file, $"#!/bin/sh\necho \"{command} $*\" >> '{folder.FullName}/calls'\n(\n{script}\n) || {{ echo \"{command} $*\" >> '{folder.FullName}/failures'; exit 1; }}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string[] Noted(string name)
    {
        var file = System.IO.Path.Combine(folder.FullName, name);
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }
}
