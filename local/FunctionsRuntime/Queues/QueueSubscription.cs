using FunctionsRuntime.Functions;
using FunctionsRuntime.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Queues;

/// <summary>A queue function and the queue it listens to, its settings looked up.</summary>
internal sealed record QueueSubscription(LoadedFunction Function, string Queue, string ConnectionString)
{
    public static IReadOnlyList<QueueSubscription> Of(FunctionCatalog catalog, IConfiguration configuration) =>
    [
        .. from queue in catalog.TriggeredBy<QueueTriggerAttribute>()
           let name = SettingNames.Resolve(queue.Trigger.QueueName, configuration, queue.Function.Name)
           select new QueueSubscription(queue.Function, name, Connection(queue.Function, queue.Trigger, configuration)),
    ];

    /// <summary>The places the platform looks in for a connection string.</summary>
    private static string Connection(LoadedFunction function, QueueTriggerAttribute trigger, IConfiguration configuration)
    {
        var setting = string.IsNullOrEmpty(trigger.Connection) ? "AzureWebJobsStorage" : trigger.Connection;
        var value = configuration["AzureWebJobs" + setting] ?? configuration[setting] ?? configuration.GetConnectionString(setting);
        return string.IsNullOrEmpty(value)
            ? throw new InvalidOperationException($"Function '{function.Name}' needs the setting '{setting}', a storage connection string.")
            : value;
    }
}
