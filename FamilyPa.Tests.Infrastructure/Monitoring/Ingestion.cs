using System.Globalization;
using System.Text.Json;
using FamilyPa.Simulators.AppInsights;

namespace FamilyPa.Tests.Infrastructure.Monitoring;

/// <summary>Converts telemetry envelopes to the rows that Application Insights stores in a workspace.</summary>
/// <remarks>Source: learn.microsoft.com/azure/azure-monitor/app/data-model-complete, and the table reference.</remarks>
internal static class Ingestion
{
    private static readonly string[] Severities = ["Verbose", "Information", "Warning", "Error", "Critical"];

    public static IEnumerable<Row> Rows(IEnumerable<TelemetryItem> items) => items.Select(Of).OfType<Row>();

    private static Row? Of(TelemetryItem item) => item.Kind switch
    {
        "MessageData" => Make("AppTraces", item, ("Message", Text(item.Data, "message")), ("SeverityLevel", Severity(item.Data))),
        "ExceptionData" => Make(
            "AppExceptions", item, ("OuterMessage", Text(item.Data.GetProperty("exceptions")[0], "message")),
            ("ExceptionType", Text(item.Data.GetProperty("exceptions")[0], "typeName")), ("SeverityLevel", Severity(item.Data))),
        "RequestData" => Make(
            "AppRequests", item, ("Id", item.Id), ("Name", item.Name), ("Url", Text(item.Data, "url")), ("Success", item.Data.GetProperty("success").GetBoolean()),
            ("ResultCode", Text(item.Data, "responseCode")), ("DurationMs", Duration(item.Data))),
        "RemoteDependencyData" => Make(
            "AppDependencies", item, ("Id", item.Id), ("Name", item.Name), ("Target", Text(item.Data, "target")), ("DependencyType", Text(item.Data, "type")),
            ("Data", Text(item.Data, "data")), ("Success", item.Data.GetProperty("success").GetBoolean()), ("ResultCode", Text(item.Data, "resultCode")),
            ("DurationMs", Duration(item.Data))),
        "MetricData" => Measured(item, item.Data.GetProperty("metrics")[0]),
        _ => null,
    };

    private static Row Measured(TelemetryItem item, JsonElement metric) => Make(
        "AppMetrics", item, ("Name", item.Name), ("Sum", item.Value), ("ItemCount", item.Count ?? 1),
        ("Min", Number(metric, "min") ?? item.Value), ("Max", Number(metric, "max") ?? item.Value));

    private static Row Make(string table, TelemetryItem item, params (string Name, object? Value)[] columns) =>
        new(table, new Dictionary<string, object?>(columns.Select(column => KeyValuePair.Create(column.Name, column.Value)))
        {
            ["TimeGenerated"] = item.Time,
            ["OperationId"] = item.OperationId,
            ["ParentId"] = item.ParentId,
            ["Properties"] = item.Properties,
        });

    private static int? Severity(JsonElement data) => Text(data, "severityLevel") is { } name ? Array.IndexOf(Severities, name) : null;

    private static double Duration(JsonElement data) =>
        TimeSpan.Parse(data.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture).TotalMilliseconds;

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var number) ? number.GetDouble() : null;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
