using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FamilyPa.Local.Processes;

/// <summary>
/// Identifies a process that a run started, so that the next run can end it if it still exists. The start time is part of it, because systems reuse process ids.
/// </summary>
internal sealed record ProcessRecord(int Id, DateTime StartedAt)
{
    /// <summary>The system rounds start times, and not always in the same way.</summary>
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
            // It ended before its start time could be read.
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
            // The record is unreadable.
        }

        File.Delete(path);
    }

    /// <summary>The recorded process, if it still runs.</summary>
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

    /// <summary>Sends the signal, and kills the process if it does not end.</summary>
    public async Task EndAsync(Signal signal = Signal.Terminate)
    {
        using var process = Find();
        if (process is null)
            return;
        foreach (var attempt in (Signal[])[signal, Signal.Kill])
        {
            Signals.Send(process, attempt);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // It ignored the signal.
            }
        }
    }
}
