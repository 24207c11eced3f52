using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Queues;

/// <summary>The queue section of host.json, one for all queues, with the platform's defaults and bounds.</summary>
internal sealed record QueueSettings
{
    public QueueSettings(IConfiguration hostJson)
    {
        var queues = hostJson.GetSection("extensions:queues");
        BatchSize = Number(queues, "batchSize", 16, 1, 32);
        NewBatchThreshold = Number(queues, "newBatchThreshold", BatchSize / 2 * Environment.ProcessorCount, 0, int.MaxValue);
        MaxDequeueCount = Number(queues, "maxDequeueCount", 5, 1, int.MaxValue);
        MaxPollingInterval = Time(queues, "maxPollingInterval", TimeSpan.FromMinutes(1), PollingDelay.Minimum);
        VisibilityTimeout = Time(queues, "visibilityTimeout", TimeSpan.Zero, TimeSpan.Zero);
        IsBase64 = (queues["messageEncoding"] ?? "base64").ToUpperInvariant() switch
        {
            "BASE64" => true,
            "NONE" => false,
            var other => throw new InvalidOperationException($"host.json: extensions.queues.messageEncoding is '{other}', neither none nor base64."),
        };
    }

    public int BatchSize { get; }

    public int NewBatchThreshold { get; }

    public int MaxDequeueCount { get; }

    public TimeSpan MaxPollingInterval { get; }

    /// <summary>The delay before a failed message is tried again.</summary>
    public TimeSpan VisibilityTimeout { get; }

    public bool IsBase64 { get; }

    private static int Number(IConfiguration section, string name, int fallback, int min, int max)
    {
        var value = section[name] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
        return value >= min && value <= max ? value : throw OutOfRange(name, value);
    }

    private static TimeSpan Time(IConfiguration section, string name, TimeSpan fallback, TimeSpan min)
    {
        var value = section[name] is { } text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : fallback;
        return value >= min ? value : throw OutOfRange(name, value);
    }

    private static InvalidOperationException OutOfRange(string name, object value) =>
        new($"host.json: extensions.queues.{name} is {value}, outside of what the platform takes.");
}
