using System.Security.Cryptography;
using System.Text;
using FunctionsHost.Workers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost.Http;

/// <summary>Handles HTTP requests: finds the function, checks its key, and forwards the request to the worker's web server.</summary>
internal sealed class HttpFrontEnd(WorkerSupervisor workers, Invoker invoker, IHttpForwarder forwarder, AdminApi admin)
{
    private static readonly ForwarderRequestConfig Forwarding = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

    /// <summary>Null until the worker has reported its functions.</summary>
    public RouteTable? Routes { get; set; }

    public Task AnswerAsync(HttpContext http)
    {
        if (Routes is null)
            return Refuse(http, StatusCodes.Status503ServiceUnavailable);
        if (Routes.Find(http.Request, out var values) is { } function)
            return !function.NeedsKey || admin.Key.IsIn(http.Request) ? ForwardAsync(http, function, values) : Refuse(http, StatusCodes.Status401Unauthorized);
        return Refuse(http, AdminApi.Has(http.Request.Path) ? admin.Answer(http.Request) : StatusCodes.Status404NotFound);
    }

    private static Task Refuse(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task ForwardAsync(HttpContext http, FunctionDefinition function, RouteValueDictionary values)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var worker = await workers.ReadyAsync(cancel.Token);
        var request = Invoker.Request(function, new TypedData { Http = new() }, http.Request.Headers.TraceParent);
        foreach (var (name, value) in values)
            request.TriggerMetadata[name] = new TypedData { Text = value?.ToString() ?? "" };
        http.Request.Headers["x-ms-invocation-id"] = request.InvocationId;

        var forwarding = forwarder.SendAsync(http, worker.HttpAddress!, worker.Http, Forwarding, HttpTransformer.Default, cancel.Token).AsTask();
        var call = invoker.RunAsync(worker, request, function, "This function was programmatically called via the host APIs.", cancel.Token);
        // Neither ends without the other: the worker waits for both with the same invocation id.
        await Task.WhenAny(forwarding, call);
        if (forwarding.IsCompleted && await forwarding != ForwarderError.None)
            await cancel.CancelAsync();
        var error = await forwarding;
        var isSuccess = await call;
        if (error == ForwarderError.None && isSuccess)
            return;
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        // A client that sends its body too slowly, or not at all: the worker may have answered, but HTTP/1.1 sends the body first.
        http.Response.StatusCode = isSuccess || error is ForwarderError.RequestBodyClient ? StatusCodes.Status408RequestTimeout : StatusCodes.Status500InternalServerError;
    }
}

/// <summary>The host's only key, for all authorization levels. Without a key every request is rejected.</summary>
internal sealed class FunctionKey(string? key)
{
    private readonly byte[]? expected = string.IsNullOrEmpty(key) ? null : Encoding.UTF8.GetBytes(key);

    public bool IsIn(HttpRequest request)
    {
        var given = request.Headers["x-functions-key"].ToString() is { Length: > 0 } header ? header : request.Query["code"].ToString();
        return expected is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected);
    }
}
