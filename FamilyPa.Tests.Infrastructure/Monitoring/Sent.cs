using System.Diagnostics.Metrics;
using System.Globalization;
using FamilyPa.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Tests.Infrastructure.Monitoring;

/// <summary>Converts log lines and metrics that a test emits to workspace rows.</summary>
internal sealed class Sent : ILogger, IDisposable
{
    private static readonly AsyncLocal<Sent?> Current = new();
    private readonly MeterListener listener = new();
    private readonly List<Row> rows = [];

    public Sent()
    {
        Current.Value = this;
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Meter.Name == Meters.Name)
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument, value, tags));
        listener.Start();
    }

    public static DateTimeOffset Now { get; } = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The age of the following rows.</summary>
    public TimeSpan Ago { get; set; } = TimeSpan.FromMinutes(5);

    public IReadOnlyList<Row> Rows => rows;

    public void Dispose() => listener.Dispose();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var properties = new Dictionary<string, string?> { ["EventId"] = eventId.Id.ToString(CultureInfo.InvariantCulture), ["EventName"] = eventId.Name };
        foreach (var (name, value) in (IEnumerable<KeyValuePair<string, object?>>)state!)
        {
            if (value is not null && name != "{OriginalFormat}")
                properties[name] = Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        Add("AppTraces", properties, ("Message", formatter(state, exception)), ("SeverityLevel", (int)logLevel - 1));
    }

    private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Meters are process-wide, and other tests emit metrics too.
        if (Current.Value != this)
            return;
        var properties = tags.ToArray().ToDictionary(tag => tag.Key, tag => Convert.ToString(tag.Value, CultureInfo.InvariantCulture));
        Add("AppMetrics", properties, ("Name", instrument.Name), ("Sum", value), ("Min", value), ("Max", value), ("ItemCount", 1));
    }

    private void Add(string table, Dictionary<string, string?> properties, params (string Name, object Value)[] columns) =>
        rows.Add(new Row(table, new Dictionary<string, object?>(columns.Select(column => KeyValuePair.Create(column.Name, (object?)column.Value)))
        {
            ["TimeGenerated"] = Now - Ago,
            ["Properties"] = properties,
        }));
}
