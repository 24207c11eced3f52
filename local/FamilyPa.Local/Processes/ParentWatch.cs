using System.Globalization;

namespace FamilyPa.Local.Processes;

/// <summary>dotnet run passes a SIGTERM on to us; when it is killed outright, only its absence tells.</summary>
internal static class ParentWatch
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(0.5);

    /// <summary>Watches nothing but a dotnet: a shell may end and mean us to go on.</summary>
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

    /// <summary>The second field after the name, which stands in parentheses and may itself hold any of them.</summary>
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
