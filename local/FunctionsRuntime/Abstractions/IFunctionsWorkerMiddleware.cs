namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>Code around every call, whatever its trigger.</summary>
public interface IFunctionsWorkerMiddleware
{
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
