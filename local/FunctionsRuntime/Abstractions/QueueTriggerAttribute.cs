namespace Microsoft.Azure.Functions.Worker;

/// <summary>The parameter that receives a message of a storage queue. <c>%Setting%</c> in the name is replaced by that setting.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class QueueTriggerAttribute(string queueName) : Attribute
{
    public string QueueName { get; } = queueName;

    /// <summary>The setting that holds the connection string; <c>AzureWebJobsStorage</c> when not given.</summary>
    public string? Connection { get; set; }
}
