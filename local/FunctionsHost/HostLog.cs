using System.Globalization;

namespace FunctionsHost;

/// <summary>
/// The log of the host and of its worker, a line each: time in UTC, level, category, message; an exception follows on lines of its own. <c>host.json</c>
/// says from which level on.
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

    /// <summary>What is logged where: the same for the host itself and for the queue listener's own host.</summary>
    public void Configure(ILoggingBuilder builder, IConfiguration settings) => builder
        .ClearProviders()
        .AddProvider(this)
        .AddConfiguration(settings.GetSection($"{HostSettings.Section}:logging"))
        .AddFilter("Host", LogLevel.Information)
        // The SDK's figures for Application Insights, and not lines.
        .AddFilter("Host.Results", LogLevel.None)
        .AddFilter("Host.Aggregator", LogLevel.None)
        // Azure's clients report the whole process to each host in it.
        .AddFilter("Azure", LogLevel.None);

    /// <summary>A logger that respects the levels.</summary>
    public ILogger CreateLogger(string category) => filtered.CreateLogger(category);

    /// <summary>A line that a process wrote as it stands.</summary>
    public void Write(string line)
    {
        try
        {
            onLine?.Invoke(line);
        }
        catch (Exception)
        {
            // Whoever listens may fail; the host must not fail with it.
        }
    }

    public void Write(RpcLog log)
    {
        // Category 2 is a metric, and no line.
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
            // The listener's SDK logs some lines without a text.
            var message = formatter(state, exception)?.ReplaceLineEndings(" ") ?? "";
            log.Write(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {Levels[(int)logLevel]} {category}: {message}"));
            if (exception is not null)
                log.Write(exception.GetBaseException().ToString());
        }
    }
}
