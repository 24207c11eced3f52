using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FamilyPa.Local.Processes;

/// <summary>
/// Which process a run started, so that the next run can end it where the system did not. Process ids are given out again:
/// only together with the time it started does one name the same process.
/// </summary>
internal sealed record ProcessRecord(int Id, DateTime StartedAt)
{
    /// <summary>The system rounds the time a process started, and not the same way each time it is asked.</summary>
    [JsonIgnore]
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(1.5);

    public static void Write(string path, Process process)
    {
        try
        {
            SecretFile.Write(path, JsonSerializer.Serialize(new ProcessRecord(process.Id, process.StartTime.ToUniversalTime())));
        }
        catch (InvalidOperationException)
        {
            // It ended before we could ask when it had started.
        }
    }

    public static async Task EndOrphanAsync(string path)
    {
        if (!File.Exists(path))
            return;
        try
        {
            if (JsonSerializer.Deserialize<ProcessRecord>(await File.ReadAllTextAsync(path)) is { } record)
                await record.EndAsync();
        }
        catch (JsonException)
        {
            // Nothing to go by.
        }

        File.Delete(path);
    }

    /// <summary>The process, if it still is the one recorded.</summary>
    public Process? Find()
    {
        try
        {
            var process = Process.GetProcessById(Id);
            return (process.StartTime.ToUniversalTime() - StartedAt).Duration() < Tolerance ? process : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Asked first, then forced.</summary>
    public async Task EndAsync(Signal signal = Signal.Terminate)
    {
        using var process = Find();
        if (process is null)
            return;
        foreach (var attempt in (Signal[])[signal, Signal.Kill])
        {
            Signals.Send(Id, attempt);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // It did not listen.
            }
        }
    }
}
