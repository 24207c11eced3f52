using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsRuntime.Functions;

/// <summary>One call of one function: the context the app sees, and the value that triggered it.</summary>
internal sealed class Invocation(LoadedFunction function, IServiceScopeFactory scopes, CancellationToken cancellation = default)
    : FunctionContext, IAsyncDisposable
{
    private string? invocationId;
    private AsyncServiceScope? scope;
    private IServiceProvider? services;
    private IDictionary<object, object>? items;
    private InvocationValue? result;
    private InvocationFeatures? features;
    private InvocationTrace? trace;
    private InvocationBinding? binding;

    public const string HttpContextKey = "HttpRequestContext";

    public LoadedFunction Function => function;

    /// <summary>Exactly one of the next three is set: the trigger's value.</summary>
    public HttpContext? Http { get; init; }

    public QueueMessage? Message { get; init; }

    public TimerInfo? Timer { get; init; }

    /// <summary>Why it runs, in the words of the platform's host.</summary>
    public string Reason { get; init; } = "This function was programmatically called via the host APIs.";

    public object? ReturnValue { get; set; }

    /// <summary>Made when somebody asks: most HTTP calls never do.</summary>
    public override string InvocationId => invocationId ??= Guid.NewGuid().ToString();

    public override string FunctionId => function.Definition.Id;

    public override FunctionDefinition FunctionDefinition => function.Definition;

    /// <summary>The request's own token costs something to ask for: only those pay who do.</summary>
    public override CancellationToken CancellationToken => Http?.RequestAborted ?? cancellation;

    public override IServiceProvider InstanceServices
    {
        get
        {
            if (services is null)
            {
                scope = scopes.CreateAsyncScope();
                services = scope.Value.ServiceProvider;
            }

            return services;
        }
        set => services = value;
    }

    public override IDictionary<object, object> Items
    {
        get
        {
            if (items is null)
            {
                items = new Dictionary<object, object>();
                if (Http is not null)
                    items[HttpContextKey] = Http;
            }

            return items;
        }
        set => items = value;
    }

    public InvocationResult Result => result ??= new InvocationValue(this);

    public override IInvocationFeatures Features => features ??= new InvocationFeatures();

    public override TraceContext TraceContext => trace ??= new InvocationTrace();

    public override BindingContext BindingContext => binding ??= new InvocationBinding(this);

    public override RetryContext RetryContext => NoRetry.Instance;

    public ValueTask DisposeAsync() => scope?.DisposeAsync() ?? default;
}
