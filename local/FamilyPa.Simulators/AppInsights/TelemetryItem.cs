using System.Text.Json;

namespace FamilyPa.Simulators.AppInsights;

/// <summary>One envelope as Application Insights takes it in.</summary>
/// <param name="Kind">The base type: <c>MessageData</c> (table traces), <c>ExceptionData</c>, <c>RequestData</c>, <c>RemoteDependencyData</c>, <c>MetricData</c>, ….</param>
/// <param name="Time">When it happened; of a span, when it began.</param>
/// <param name="Properties">The custom dimensions.</param>
public sealed record TelemetryItem(string Kind, DateTimeOffset Time, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> Properties, JsonElement Data)
{
    /// <summary>The trace it belongs to.</summary>
    public string? OperationId => Tags.GetValueOrDefault("ai.operation.id");

    /// <summary>The parent span.</summary>
    public string? ParentId => Tags.GetValueOrDefault("ai.operation.parentId");

    /// <summary>A span's own id.</summary>
    public string? Id => Text(Data, "id");

    /// <summary>The name of a span or metric, or the text of a log line.</summary>
    public string? Name => Kind == "MetricData" ? Text(Metric, "name") : Text(Data, "name") ?? Text(Data, "message");

    /// <summary>A metric's sum or last value.</summary>
    public double Value => Metric.GetProperty("value").GetDouble();

    /// <summary>A histogram's number of measurements.</summary>
    public int? Count => Metric.TryGetProperty("count", out var count) ? count.GetInt32() : null;

    private JsonElement Metric => Data.GetProperty("metrics")[0];

    /// <exception cref="JsonException">It is no envelope.</exception>
    public static TelemetryItem Parse(string line)
    {
        var envelope = JsonSerializer.Deserialize<JsonElement>(line);
        var data = envelope.GetProperty("data");
        var content = data.GetProperty("baseData");
        return new TelemetryItem(
            data.GetProperty("baseType").GetString()!, envelope.GetProperty("time").GetDateTimeOffset(), Texts(envelope, "tags"), Texts(content, "properties"), content);
    }

    private static Dictionary<string, string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var texts) ? texts.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString() ?? "") : [];

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString() : null;
}
