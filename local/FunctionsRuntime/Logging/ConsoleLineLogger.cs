using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FunctionsRuntime.Logging;

/// <summary>Formats the lines of one category: time in UTC, level, category, message; an exception follows on lines of its own.</summary>
internal sealed class ConsoleLineLogger(string category, ConsoleLines lines) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception).ReplaceLineEndings(" ");
        lines.Add(exception is null
            ? string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {NameOf(logLevel)} {category}: {message}\n")
            : string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {NameOf(logLevel)} {category}: {message}\n{exception}\n"));
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
