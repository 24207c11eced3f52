using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FamilyPa.Local.Processes;

/// <summary>Unix signals. On Windows every signal kills the process.</summary>
public enum Signal { Interrupt = 2, Kill = 9, Terminate = 15 }

internal static class Signals
{
    public static void Send(Process process, Signal signal)
    {
        if (OperatingSystem.IsWindows())
            process.Kill();
        else
            _ = Kill(process.Id, (int)signal);
    }

    /// <summary>Suspends or resumes a process. Does nothing on Windows.</summary>
    public static void Pause(int processId, bool paused)
    {
        var (stop, goOn) = OperatingSystem.IsMacOS() ? (17, 19) : (19, 18);
        if (!OperatingSystem.IsWindows())
            _ = Kill(processId, paused ? stop : goOn);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
