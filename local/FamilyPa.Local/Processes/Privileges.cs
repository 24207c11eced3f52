using System.Diagnostics;

namespace FamilyPa.Local.Processes;

/// <summary>
/// The command prefix that gives a Linux child its own session, a parent death signal and another user. With its own session, Ctrl+C reaches only this process,
/// which then stops its children in order. Other systems use no prefix.
/// </summary>
internal static class Privileges
{
    /// <summary>The numeric id of the user "nobody" on common distributions. The name of its group varies.</summary>
    private const string Nobody = "65534";

    private static readonly Lazy<bool> SetPriv = new(() => OperatingSystem.IsLinux() && Help("setpriv").Contains("--pdeathsig", StringComparison.Ordinal));
    private static readonly Lazy<bool> SetSid = new(() => OperatingSystem.IsLinux() && Help("setsid").Length > 0);

    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    public static bool CanDropRoot => SetPriv.Value;

    public static IEnumerable<string> Prefix(bool asNobody, Signal? whenParentDies)
    {
        if (SetSid.Value)
            yield return "setsid";
        if (!SetPriv.Value)
            yield break;
        yield return "setpriv";
        if (asNobody)
            foreach (var option in (string[])[$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"])
                yield return option;
        // A change of user clears the parent death signal. setpriv sets it after the change.
        yield return "--pdeathsig";
        yield return whenParentDies switch { Signal.Interrupt => "INT", Signal.Terminate => "TERM", Signal.Kill => "KILL", _ => "clear" };
        yield return "--";
    }

    /// <summary>Changes the owner of a file or folder tree to nobody.</summary>
    public static async Task GiveToNobodyAsync(string path)
    {
        using var chown = Process.Start("chown", ["-R", $"{Nobody}:{Nobody}", path]);
        await chown.WaitForExitAsync();
        if (chown.ExitCode != 0)
            throw new LocalRunException($"Could not hand {path} to an unprivileged user: chown ended with {chown.ExitCode}.");
    }

    private static string Help(string command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, ["--help"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return process.StandardOutput.ReadToEnd();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
