using System.Diagnostics;
using FunctionsHost;

namespace FamilyPa.Local.Processes;

/// <summary>The start information of a child. Linux sends it <see cref="WhenParentDies"/> when this process dies.</summary>
public sealed record ChildStart(string File, params IReadOnlyList<string> Arguments)
{
    public string? WorkingDirectory { get; init; }

    /// <summary>Added to the inherited environment; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public bool AsNobody { get; init; }

    public Signal? WhenParentDies { get; init; } = Signal.Kill;

    /// <summary>Whether a kill includes the child's own children.</summary>
    public bool DiesWithItsChildren { get; init; }

    public Action<string>? OnLine { get; init; }

    /// <summary>Where the process is recorded. A process that an earlier run recorded there and left running is ended first.</summary>
    public string? RecordFile { get; init; }
}

/// <summary>A child process that ends with this process. Its last output is kept.</summary>
public sealed class ChildProcess : IWorkerProcess
{
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process process;
    private readonly ChildStart start;

    private ChildProcess(Process process, ChildStart start) => (this.process, this.start) = (process, start);

    public int Id { get; private set; }

    public OutputTail Output { get; } = new();

    public Task<int> Exited => exited.Task;

    public static async Task<ChildProcess> StartAsync(ChildStart start)
    {
        if (start.RecordFile is not null)
            await ProcessRecord.EndOrphanAsync(start.RecordFile);
        string[] command = [.. Privileges.Prefix(start.AsNobody, start.WhenParentDies), start.File, .. start.Arguments];
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = start.WorkingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;

        var child = new ChildProcess(new Process { StartInfo = info, EnableRaisingEvents = true }, start);
        child.process.OutputDataReceived += (_, line) => child.Take(line.Data, start.OnLine);
        child.process.ErrorDataReceived += (_, line) => child.Take(line.Data, start.OnLine);
        child.process.Exited += (_, _) => _ = child.EndAsync();
        await ChildLauncher.StartAsync(child.process);
        child.Id = child.process.Id;
        if (start.RecordFile is not null)
            ProcessRecord.Write(start.RecordFile, child.process);
        child.process.StandardInput.Close();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a command to its end. Returns false when it failed or does not exist.</summary>
    public static async Task<(bool Succeeded, string Output)> RunAsync(ChildStart start, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var child = await StartAsync(start);
            await child.process.WaitForExitAsync(cancellationToken);
            return (child.process.ExitCode == 0, child.Output.ToString());
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return (false, exception.Message);
        }
    }

    public void Pause(bool paused) => Signals.Pause(Id, paused);

    public async Task StopAsync(Signal signal, TimeSpan patience)
    {
        if (Exited.IsCompleted)
            return;
        Signals.Send(process, signal);
        if (await Task.WhenAny(Exited, Task.Delay(patience)) != Exited)
            await KillAsync();
    }

    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
            process.Kill(start.DiesWithItsChildren);
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
        if (start.RecordFile is not null)
            File.Delete(start.RecordFile);
    }

    /// <summary>Reads the last output before <see cref="Exited"/> completes. A grandchild may keep the output open.</summary>
    private async Task EndAsync()
    {
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(1)));
        exited.TrySetResult(process.ExitCode);
    }

    private void Take(string? line, Action<string>? onLine)
    {
        if (line is null)
            return;
        Output.Add(line);
        try
        {
            onLine?.Invoke(line);
        }
        catch (Exception)
        {
            // It would end this process.
        }
    }
}
