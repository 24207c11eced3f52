using FunctionsRuntime.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FunctionsRuntime.Http;

/// <summary>Writes what an HTTP function returned, once the function and the middleware inside this one have returned.</summary>
internal static class HttpResults
{
    public static FunctionExecutionDelegate Write(FunctionExecutionDelegate next) => async context =>
    {
        await next(context);
        if (context is not Invocation { Http: { } http } invocation)
            return;

        switch (invocation.ReturnValue)
        {
            case IResult result:
                await result.ExecuteAsync(http);
                break;
            case IActionResult result:
                await result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                break;
        }
    };
}
