using FunctionsRuntime.Functions;
using Microsoft.AspNetCore.Http;

namespace FunctionsRuntime.Http;

/// <summary>Answers a request: finds the function, asks for its key, calls it.</summary>
internal sealed class HttpFunctions(RouteTable routes, AdminFunctions admin, FunctionKey key, FunctionRunner runner)
{
    public Task Answer(HttpContext http)
    {
        var route = routes.Find(http.Request);
        if (route is null)
        {
            http.Response.StatusCode = AdminFunctions.Has(http.Request.Path) ? admin.Answer(http.Request) : StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (route.NeedsKey && !key.IsIn(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        return Call(route.Function, http);
    }

    private async Task Call(LoadedFunction function, HttpContext http)
    {
        OverwriteForwarded(http);
        var invocation = new Invocation(function, runner.Scopes) { Http = http };
        http.RequestServices = invocation.InstanceServices;
        if (await runner.RunAsync(invocation) is null)
            return;

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }

    /// <summary>The host says itself who called and how; what a caller claims does not get through.</summary>
    private static void OverwriteForwarded(HttpContext http)
    {
        var headers = http.Request.Headers;
        headers["X-Forwarded-For"] = http.Connection.RemoteIpAddress?.ToString();
        headers["X-Forwarded-Proto"] = http.Request.Scheme;
        headers["X-Forwarded-Host"] = http.Request.Host.Value;
    }
}
