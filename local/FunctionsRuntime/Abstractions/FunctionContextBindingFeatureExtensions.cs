using FunctionsRuntime.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Access to a call's result.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The result; writing its value replaces what the function returned.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) =>
        context is Invocation invocation
            ? invocation.Result
            : throw new InvalidOperationException($"{context.GetType()} is not a call of this host and has no result.");
}
