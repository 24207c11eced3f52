using FunctionsRuntime.Functions;
using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Access to the request behind a call.</summary>
public static class FunctionContextExtensions
{
    /// <summary>The request's context, or null when the call is not an HTTP call.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(Invocation.HttpContextKey, out var value) ? value as HttpContext : null;
}
