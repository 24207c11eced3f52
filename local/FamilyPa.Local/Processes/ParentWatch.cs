using System.Globalization;

namespace FamilyPa.Local.Processes;

/// <summary>Detects that <c>dotnet run</c> was killed. It forwards SIGTERM, but cannot forward SIGKILL.</summary>
internal static class ParentWatch
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(0.5);

    /// <summary>Only watches a dotnet parent: a shell may end while this process is meant to continue.</summary>
    public static async Task RunAsync(Action gone, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Parent() is not { } parent || await NameAsync(parent) != "dotnet")
            return;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (Parent() != parent)
            {
                gone();
                return;
            }

            await Task.Delay(Pace, CancellationToken.None);
        }
    }

    /// <summary>The parent's id is the second field after the process name in parentheses. The name may contain spaces and parentheses.</summary>
    private static int? Parent() =>
        File.ReadAllText("/proc/self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var id, ..]
            ? int.Parse(id, CultureInfo.InvariantCulture)
            : null;

    private static async Task<string> NameAsync(int processId)
    {
        try
        {
            return (await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/comm"))).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
