using System.Reflection;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using FunctionsHost.Workers;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Azure.WebJobs.Host.Queues;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FunctionsHost.Queues;

/// <summary>
/// Runs the WebJobs SDK's queue listener, which handles visibility, dequeue counts, poison queues, batches and backoff. It stops after the storage account has been
/// unavailable for about 20 s; then this class starts a new one.
/// </summary>
internal sealed partial class QueueListeners(
    IReadOnlyList<FunctionDefinition> functions, IConfiguration settings, TimeSpan? poisonRetryDelay, WorkerSupervisor workers, HostLog log, QueueNudges nudges)
{
    private readonly Dictionary<string, FunctionDefinition> byName = functions.Where(function => function is { IsQueue: true, IsDisabled: false }).ToDictionary(function => function.Name);
    private readonly ILogger logger = log.CreateLogger("Host.Queues");
    private Task last = Task.CompletedTask;
    private IHost? listening;
    private int isRestarting;

    public Task StartAsync() => AloneAsync(() => listening is null && byName.Count > 0 ? BeginAsync() : Task.CompletedTask);

    /// <summary>Stops fetching and cancels running functions. Messages of functions that do not succeed become visible again.</summary>
    public Task StopAsync() => AloneAsync(EndAsync);

    private async Task BeginAsync()
    {
        listening = Build();
        await listening.StartAsync();
        nudges.Look = Nudge(listening.Services);
    }

    private async Task EndAsync()
    {
        nudges.Look = null;
        using (listening)
            await (listening?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listening = null;
    }

    private async Task RestartAsync(Exception cause)
    {
        // Each queue's listener stops by itself.
        if (Interlocked.Exchange(ref isRestarting, 1) == 1)
            return;
        Broken(logger, cause.GetBaseException().Message);
        await Task.Delay(1000);
        await AloneAsync(async () =>
        {
            isRestarting = 0;
            // Null when the host was paused in the meantime.
            if (listening is null)
                return;
            await EndAsync();
            await BeginAsync();
        }).ContinueWith(restarted => restarted.IsFaulted ? RestartAsync(restarted.Exception) : Task.CompletedTask, TaskScheduler.Default);
    }

    /// <summary>Serialises changes.</summary>
    private Task AloneAsync(Func<Task> change)
    {
        lock (byName)
            return last = AfterAsync(last);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await change();
        }
    }

    private IHost Build() => new HostBuilder()
        .ConfigureAppConfiguration(builder => builder.AddConfiguration(settings))
        .ConfigureLogging(builder => log.Configure(builder, settings))
        .ConfigureWebJobs(builder => builder.AddAzureStorageQueues())
        .ConfigureServices(services => services
            .AddSingleton<IHostLifetime, OwnersLifetime>()
            .AddSingleton<ITypeLocator>(new OneType(QueueFunctions.TypeFor(byName.Values)))
            .AddSingleton<IJobActivator>(new Activator(this))
            .AddSingleton<IWebJobsExceptionHandler>(new ExceptionHandler(this))
            .AddSingleton<IQueueProcessorFactory>(new ProcessorFactory(poisonRetryDelay)))
        .Build();

    private Task InvokeAsync(Guid id, string name, object message, IReadOnlyDictionary<string, object> binding, CancellationToken cancellationToken)
    {
        var request = Invoker.Request(byName[name], message is ParameterBindingData whole
            ? new TypedData { Model = new() { Version = whole.Version, Source = whole.Source, ContentType = whole.ContentType, Content = whole.Content.ToArray() } }
            : new TypedData { Text = (string)message });
        request.InvocationId = id.ToString();
        foreach (var (key, value) in binding.Where(entry => entry.Key != "sys"))
            request.TriggerMetadata[key] = value is string text ? new TypedData { Text = text } : new TypedData { Json = JsonSerializer.Serialize(value) };
        return workers.InvokeAsync(request, cancellationToken);
    }

    /// <summary>The SDK polls a queue at once when its own output binding has written to it. That method is internal.</summary>
    private static Action<string>? Nudge(IServiceProvider services)
    {
        var watcher = typeof(QueueTriggerAttribute).Assembly.GetType("Microsoft.Azure.WebJobs.Extensions.Storage.Common.Listeners.SharedQueueWatcher");
        var notify = watcher?.GetMethod("Notify", BindingFlags.Instance | BindingFlags.Public);
        return watcher is not null && services.GetService(watcher) is { } instance ? notify?.CreateDelegate<Action<string>>(instance) : null;
    }

    private sealed class OneType(Type type) : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => [type];
    }

    private sealed class Activator(QueueListeners listeners) : IJobActivatorEx
    {
        public T CreateInstance<T>() => throw new NotSupportedException();

        public T CreateInstance<T>(IFunctionInstanceEx functionInstance)
        {
            var instance = System.Activator.CreateInstance<T>();
            ((QueueFunctions)(object)instance!).Invoke = (name, message, binding, cancellationToken) =>
                listeners.InvokeAsync(functionInstance.Id, name, message, binding, cancellationToken);
            return instance;
        }
    }

    private sealed class ProcessorFactory(TimeSpan? poisonRetryDelay) : IQueueProcessorFactory
    {
        public QueueProcessor Create(QueueProcessorOptions options) => new Processor(options, options.PoisonQueue is null ? poisonRetryDelay : null);
    }

    private sealed class Processor(QueueProcessorOptions options, TimeSpan? retryDelay) : QueueProcessor(options)
    {
        protected override Task CompleteProcessingMessageAsync(QueueMessage message, FunctionResult result, CancellationToken cancellationToken) =>
            result.Succeeded || retryDelay is not { } delay
                ? base.CompleteProcessingMessageAsync(message, result, cancellationToken)
                : ReleaseMessageAsync(message, result, delay, cancellationToken);
    }

    /// <summary>The SDK's default handler would end this process.</summary>
    private sealed class ExceptionHandler(QueueListeners listeners) : IWebJobsExceptionHandler
    {
        public Task OnTimeoutExceptionAsync(System.Runtime.ExceptionServices.ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod) =>
            OnUnhandledExceptionAsync(exceptionInfo);

        public Task OnUnhandledExceptionAsync(System.Runtime.ExceptionServices.ExceptionDispatchInfo exceptionInfo)
        {
            _ = listeners.RestartAsync(exceptionInfo.SourceException);
            return Task.CompletedTask;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Queue listener failed and is restarted: {Reason}")]
    private static partial void Broken(ILogger logger, string reason);
}
