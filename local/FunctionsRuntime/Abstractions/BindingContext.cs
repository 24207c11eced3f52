namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger knows besides its value.</summary>
public abstract class BindingContext
{
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
