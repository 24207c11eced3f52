using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>One Node.js child that speaks JSON lines. It ends when its input is closed, so also when this process is killed.</summary>
internal sealed class RecogniserChild : IAsyncDisposable
{
    private const int KeptErrorLines = 5;
    private readonly Process process;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> waiting = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly Task reading;
    private long last;

    private RecogniserChild(Process process)
    {
        this.process = process;
        ProcessId = process.Id;
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        process.BeginErrorReadLine();
        reading = Task.Run(ReadAsync);
    }

    public int ProcessId { get; }

    public bool HasEnded => reading.IsCompleted;

    public static RecogniserChild Start(string node, string script, string nodeModules)
    {
        var start = new ProcessStartInfo(node, [script, nodeModules])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The library works in the process's time zone; wall-clock times pass through unchanged in UTC.
            Environment = { ["TZ"] = "UTC" },
        };
        return new RecogniserChild(Process.Start(start)!);
    }

    /// <exception cref="RecogniserEndedException">The child ended before it answered.</exception>
    public async Task<JsonElement> AskAsync(string now, object items, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref last);
        var answer = waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await writing.WaitAsync(cancellation);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { id, now, items }));
            await process.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            throw await EndedAsync();
        }
        finally
        {
            writing.Release();
        }

        // The reader may have ended between the two: then nobody is left to fail this one.
        if (HasEnded) throw await EndedAsync();
        return await answer.Task.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It died with a question on its way.
        }

        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1)));
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonElement.Parse(line);
            if (waiting.TryRemove(answer.GetProperty("id").GetInt64(), out var asked)) asked.TrySetResult(answer);
        }

        var ended = await EndedAsync();
        foreach (var asked in waiting.Values) asked.TrySetException(ended);
    }

    private async Task<RecogniserEndedException> EndedAsync()
    {
        await process.WaitForExitAsync();
        return new RecogniserEndedException(string.Join(' ', errors));
    }

    private void KeepError(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        errors.Enqueue(line.Trim());
        if (errors.Count > KeptErrorLines) errors.TryDequeue(out _);
    }
}

/// <summary>The child ended; the message is what it wrote to its error stream.</summary>
internal sealed class RecogniserEndedException(string errors) : Exception(errors);
