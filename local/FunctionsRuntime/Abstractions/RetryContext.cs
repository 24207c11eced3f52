namespace Microsoft.Azure.Functions.Worker;

/// <summary>The state of a retry policy. Queue triggers have none; their retries show in the dequeue count.</summary>
public abstract class RetryContext
{
    public abstract int RetryCount { get; }

    public abstract int MaxRetryCount { get; }
}
