using System.Text;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Logging;

/// <summary>
/// One line per log message on standard output. Lines are collected and written together by one thread: the framework's console
/// writes and flushes each line by itself, which costs a request more than the whole host does.
/// </summary>
internal sealed class ConsoleLines : ILoggerProvider
{
    private const int MaxPending = 1 << 20;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    private readonly object gate = new();
    private readonly StringBuilder pending = new();
    private readonly Stream output;
    private readonly Thread writer;
    private bool isClosed;

    public ConsoleLines(Stream? output = null)
    {
        this.output = output ?? Console.OpenStandardOutput();
        writer = new Thread(Write) { IsBackground = true, Name = "Console lines" };
        writer.Start();
    }

    public ILogger CreateLogger(string categoryName) => new ConsoleLineLogger(categoryName, this);

    /// <summary>Adds a line; waits while more is pending than a terminal could ever show.</summary>
    public void Add(string line)
    {
        lock (gate)
        {
            while (pending.Length > MaxPending && !isClosed)
                Monitor.Wait(gate);

            if (pending.Length == 0)
                Monitor.PulseAll(gate);

            pending.Append(line);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }

        writer.Join(TimeSpan.FromSeconds(2));
    }

    private void Write()
    {
        while (Take() is { } text)
        {
            try
            {
                output.Write(Encoding.UTF8.GetBytes(text));
                output.Flush();
                // A moment for more lines to come: waking for each of them costs more than writing it.
                Thread.Sleep(Gather);
            }
            catch (IOException)
            {
                // Nobody reads any more. That is no reason to stop working.
            }
        }
    }

    private string? Take()
    {
        lock (gate)
        {
            while (pending.Length == 0 && !isClosed)
                Monitor.Wait(gate);

            if (pending.Length == 0)
                return null;

            var text = pending.ToString();
            pending.Clear();
            Monitor.PulseAll(gate);
            return text;
        }
    }
}
