using System.Globalization;

namespace FunctionsHost;

/// <summary>
/// The log of the host and its worker, one line each: UTC time, level, category, message. Exceptions follow on their own lines. <c>host.json</c> sets the levels.
/// </summary>
internal sealed class HostLog : ILoggerProvider
{
    private static readonly string[] Levels = ["trce", "dbug", "info", "warn", "fail", "crit"];

    private readonly Action<string>? onLine;
    private readonly ILoggerFactory filtered;

    public HostLog(Action<string>? onLine, IConfiguration settings)
    {
        this.onLine = onLine;
        filtered = LoggerFactory.Create(builder => Configure(builder, settings));
    }

    /// <summary>Configures logging for the host and for the queue listener's inner host alike.</summary>
    public void Configure(ILoggingBuilder builder, IConfiguration settings) => builder
        .ClearProviders()
        .AddProvider(this)
        .AddConfiguration(settings.GetSection($"{HostSettings.Section}:logging"))
        .AddFilter("Host", LogLevel.Information)
        // The SDK's metrics for Application Insights, which are not log lines.
        .AddFilter("Host.Results", LogLevel.None)
        .AddFilter("Host.Aggregator", LogLevel.None)
        // Azure's clients write the logs of the whole process to each host in it.
        .AddFilter("Azure", LogLevel.None);

    public ILogger CreateLogger(string category) => filtered.CreateLogger(category);

    public void Write(string line) => Call(() => onLine?.Invoke(line));

    /// <summary>Calls back. An exception must not stop the host, and cannot be logged, because the log is such a callback.</summary>
    public static void Call(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception) { }
    }

    public void Write(RpcLog log)
    {
        // Category 2 is a metric, not a log line.
        if (log.LogCategory != 2 && log.Level < LogLevel.None)
            CreateLogger(log.Category).Log(log.Level, default, log.Message, log.Exception is { } exception ? new RemoteException(exception) : null, (message, _) => message);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new LineLogger(categoryName, this);

    public void Dispose() => GC.SuppressFinalize(this);

    private sealed class LineLogger(string category, HostLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // The SDK logs some lines without a text.
            var message = formatter(state, exception)?.ReplaceLineEndings(" ") ?? "";
            log.Write(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {Levels[(int)logLevel]} {category}: {message}"));
            if (exception is not null)
                log.Write(exception.GetBaseException().ToString());
        }
    }
}
