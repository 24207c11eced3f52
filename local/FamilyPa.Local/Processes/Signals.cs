using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FamilyPa.Local.Processes;

/// <summary>The Unix signals that ask a process to end. Windows has none: there a process is simply ended.</summary>
public enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

internal static class Signals
{
    public static void Send(int processId, Signal signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(processId, (int)signal);
            return;
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // Gone already.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
