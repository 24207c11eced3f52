using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Faults;

/// <summary>A request with its route values, and the fault that the operation itself has to act out, if any.</summary>
internal sealed record Call(HttpContext Http, RecordedRequest Request, Fault? Fault)
{
    public string Route(string name) => Http.Request.RouteValues[name]?.ToString() ?? "";
}

/// <summary>Every simulated operation: record, check the credentials, apply a fault, answer.</summary>
/// <param name="refuse">The answer to wrong credentials, or null when they are right.</param>
/// <param name="error">The service's own error body for a status that a fault asks for.</param>
internal sealed class OperationPipeline(
    Recorder<RecordedRequest> requests, FaultPlan faults, Func<HttpContext, Answer?> refuse, Func<string, int, Answer> error)
{
    public void Map(WebApplication app, string method, string pattern, string operation, Func<Call, Task<Answer>> handler) =>
        app.MapMethods(pattern, [method], context => RunAsync(context, operation, handler));

    public void Map(WebApplication app, string method, string pattern, string operation, Func<Call, Answer> handler) =>
        Map(app, method, pattern, operation, call => Task.FromResult(handler(call)));

    private async Task RunAsync(HttpContext context, string operation, Func<Call, Task<Answer>> handler)
    {
        try
        {
            var request = await RecordedRequest.ReadAsync(context, operation, DateTimeOffset.UtcNow);
            requests.Add(request);
            if (refuse(context) is { } refusal)
            {
                await refusal.WriteAsync(context.Response);
                return;
            }

            var active = faults.Take(request);
            var run = () => handler(new Call(context, request, active?.Fault));
            await FaultRunner.RunAsync(context, active, run, status => error(operation, status));
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The caller has disconnected.
        }
    }
}
