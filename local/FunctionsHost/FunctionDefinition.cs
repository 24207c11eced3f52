using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsHost;

/// <summary>A function's metadata from the worker: its name and its trigger binding.</summary>
internal sealed partial class FunctionDefinition(RpcFunctionMetadata metadata, IConfiguration settings)
{
    private readonly JsonElement trigger =
        metadata.RawBindings.Select(Parse).Single(binding => Text(binding, "type")!.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));

    public string Name => metadata.Name;

    public string Id => metadata.FunctionId;

    /// <summary>No trigger runs it, but an operator can.</summary>
    public bool IsDisabled { get; } = (settings[$"AzureWebJobs.{metadata.Name}.Disabled"] ?? settings[$"AzureWebJobs:{metadata.Name}:Disabled"])?.ToUpperInvariant() is "1" or "TRUE";

    /// <summary>The name of the trigger's parameter.</summary>
    public string TriggerName => Text("name")!;

    public bool IsHttp => IsTrigger("httpTrigger");
    public bool IsQueue => IsTrigger("queueTrigger");
    public bool IsTimer => IsTrigger("timerTrigger");

    public bool NeedsKey => !string.Equals(Text("authLevel"), "Anonymous", StringComparison.OrdinalIgnoreCase);

    public string Route => Text("route") is { Length: > 0 } route ? route.Trim('/') : Name;

    /// <summary>Null for every method.</summary>
    public IReadOnlyList<string>? Methods =>
        trigger.TryGetProperty("methods", out var methods) && methods.ValueKind == JsonValueKind.Array && methods.GetArrayLength() > 0
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!)]
            : null;

    public string Queue => Resolved("queueName");

    /// <summary>Whether the worker itself converts the queue message, for example to a <c>QueueMessage</c>.</summary>
    public bool TakesWholeMessage =>
        trigger.TryGetProperty("properties", out var properties) && string.Equals(Text(properties, "supportsDeferredBinding"), "true", StringComparison.OrdinalIgnoreCase);

    public string Schedule => Resolved("schedule");

    private bool IsTrigger(string type) => string.Equals(Text("type"), type, StringComparison.OrdinalIgnoreCase);

    private string Resolved(string property) => SettingReference().Replace(Text(property) ?? "", match =>
        settings[match.Groups[1].Value] is { Length: > 0 } value
            ? value
            : throw new FunctionsHostException($"The function '{Name}' refers to a setting that does not exist: {match.Value}"));

    private string? Text(string property) => Text(trigger, property);

    private static string? Text(JsonElement element, string property) => element.TryGetProperty(property, out var value) ? value.ToString() : null;

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex SettingReference();
}
