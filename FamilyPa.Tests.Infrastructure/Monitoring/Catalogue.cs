using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Queues;
using FamilyPa.Functions.Telemetry;
using FamilyPa.Local;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Tests.Infrastructure.Monitoring;

/// <summary>The telemetry that the code can emit, read from the code itself.</summary>
/// <remarks>
/// In the workspace, log lines are rows of <c>AppTraces</c> with the event name in <c>Properties.EventName</c> and the parameters as further dimensions. Spans are rows
/// of
/// <c>AppRequests</c> (queue work) or <c>AppDependencies</c>. Instruments are the <c>Name</c> in <c>AppMetrics</c>.
/// </remarks>
public static partial class Catalogue
{
    private static readonly Assembly[] Ours = [typeof(Meters).Assembly, typeof(TelemetryServices).Assembly];

    /// <summary>All log lines by event name.</summary>
    public static IReadOnlyDictionary<string, LogEvent> Events { get; } = ReadEvents().ToDictionary(entry => entry.Name);

    /// <summary>All instruments by name.</summary>
    public static IReadOnlyDictionary<string, Metric> Metrics { get; } = ReadMetrics();

    /// <summary>The names of the app's spans.</summary>
    public static IReadOnlySet<string> Spans { get; } = ReadSpans();

    private static IEnumerable<LogEvent> ReadEvents() =>
        from type in Ours.SelectMany(assembly => assembly.GetTypes())
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let entry = method.GetCustomAttribute<LoggerMessageAttribute>()
        where entry is not null
        select new LogEvent(
            entry.EventId, method.Name, entry.Level,
            [.. method.GetParameters().Select(parameter => parameter.Name!).Where(name => name != "log").Concat(Traces.Context).Distinct()]);

    /// <summary>Records one measurement with each instrument.</summary>
    private static Dictionary<string, Metric> ReadMetrics()
    {
        var found = new Dictionary<string, Metric>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => Listen(instrument, listener, found) };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(found, instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(found, instrument, tags));
        listener.Start();
        foreach (var method in typeof(Meters).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (!method.IsSpecialName && method.ReturnType == typeof(void))
                method.Invoke(null, [.. method.GetParameters().Select(parameter => Sample(parameter.ParameterType))]);
        }

        return found;
    }

    private static void Listen(Instrument instrument, MeterListener listener, Dictionary<string, Metric> found)
    {
        if (instrument.Meter.Name != Meters.Name)
            return;
        found[instrument.Name] = new Metric(instrument.Name, instrument.Unit, instrument.Description, []);
        listener.EnableMeasurementEvents(instrument);
    }

    private static void Note(Dictionary<string, Metric> found, Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, _) in tags)
            found[instrument.Name].Tags.Add(name);
    }

    private static object? Sample(Type type) =>
        type == typeof(string) ? "any"
        : type == typeof(long) ? 1L
        : type == typeof(double) ? 1.0
        : Activator.CreateInstance(Nullable.GetUnderlyingType(type) ?? type);

    private static HashSet<string> ReadSpans() =>
    [
        FallbackQueue.Name,
        .. Enum.GetValues<Phase>().Select(phase => phase.Name()),
        .. from folder in (string[])["FamilyPa.Core", "FamilyPa.Functions"]
           from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
           from Match span in NamedSpan().Matches(File.ReadAllText(file))
           select span.Groups[1].Value,
    ];

    [GeneratedRegex("Traces\\.(?:Start|Continue)\\(\"(\\w+)\"")]
    private static partial Regex NamedSpan();
}

/// <param name="Name">The event name.</param>
/// <param name="Dimensions">Its parameters, and the common dimensions that the surrounding spans may add.</param>
public sealed record LogEvent(int Id, string Name, LogLevel Level, IReadOnlyList<string> Dimensions);

/// <param name="Tags">Its dimensions.</param>
public sealed record Metric(string Name, string? Unit, string? Description, HashSet<string> Tags);
