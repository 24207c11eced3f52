using FunctionsRuntime.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Http;

/// <summary>
/// The platform's <c>POST /admin/functions/{name}</c>, which runs a function that no request triggers: accepted at once, run beside.
/// For timers only, disabled or not. The platform wants a body of JSON, be it <c>{}</c>.
/// </summary>
internal sealed class AdminFunctions(FunctionCatalog catalog, FunctionKey key, FunctionRunner runner)
{
    private const string Root = "/admin/functions";

    public static bool Has(PathString path) => path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public int Answer(HttpRequest request)
    {
        if (!key.IsIn(request))
            return StatusCodes.Status401Unauthorized;
        if (!request.HasJsonContentType())
            return StatusCodes.Status415UnsupportedMediaType;
        if (catalog.Find(request.Path.Value![Root.Length..].Trim('/')) is not { Trigger: TimerTriggerAttribute } timer || !HttpMethods.IsPost(request.Method))
            return StatusCodes.Status404NotFound;

        _ = Task.Run(() => runner.RunAsync(new Invocation(timer, runner.Scopes) { Timer = new TimerInfo() }), CancellationToken.None);
        return StatusCodes.Status202Accepted;
    }
}
