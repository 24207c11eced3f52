using System.Collections;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Functions;

internal sealed class InvocationValue(Invocation invocation) : InvocationResult
{
    public override object? Value
    {
        get => invocation.ReturnValue;
        set => invocation.ReturnValue = value;
    }
}

internal sealed class InvocationFeatures : IInvocationFeatures
{
    private readonly Dictionary<Type, object> features = [];

    public void Set<T>(T instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        features[typeof(T)] = instance;
    }

    public T? Get<T>() => features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal sealed class InvocationTrace : TraceContext
{
    public override string TraceParent { get; } = Activity.Current?.Id ?? "";

    public override string TraceState { get; } = Activity.Current?.TraceStateString ?? "";
}

/// <summary>No retry policy: the platform applies none to queue triggers.</summary>
internal sealed class NoRetry : RetryContext
{
    public static readonly NoRetry Instance = new();

    public override int RetryCount => 0;

    public override int MaxRetryCount => 0;
}

internal sealed class InvocationBinding(Invocation invocation) : BindingContext
{
    public override IReadOnlyDictionary<string, object?> BindingData { get; } = Read(invocation);

    private static Dictionary<string, object?> Read(Invocation invocation)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (invocation.Message is { } message)
        {
            data["Id"] = message.MessageId;
            data["DequeueCount"] = message.DequeueCount;
            data["InsertionTime"] = message.InsertedOn;
            data["ExpirationTime"] = message.ExpiresOn;
            data["NextVisibleTime"] = message.NextVisibleOn;
            data["PopReceipt"] = message.PopReceipt;
            data["QueueTrigger"] = message.Body.ToString();
        }

        if (invocation.Http is { } http)
        {
            foreach (var (name, value) in http.Request.RouteValues)
                data[name] = value;
        }

        return data;
    }
}
