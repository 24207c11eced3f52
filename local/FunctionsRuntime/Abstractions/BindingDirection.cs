namespace Microsoft.Azure.Functions.Worker;

/// <summary>Whether a binding hands data to the function or takes data from it.</summary>
public enum BindingDirection
{
    In,
    Out,
}
