using Microsoft.AspNetCore.Http;

namespace FunctionsHost.Http;

/// <summary>
/// The platform's <c>POST /admin/functions/{name}</c>, which starts a timer function, even a disabled one, and returns 202 at once. The platform requires
/// the master key and a JSON body, for example <c>{}</c>.
/// </summary>
internal sealed class AdminApi(Invoker invoker, FunctionKey key)
{
    private const string Root = "/admin/functions";

    public FunctionKey Key => key;

    /// <summary>Empty until the worker has reported its functions.</summary>
    public IReadOnlyList<FunctionDefinition> Functions { get; set; } = [];

    public static bool Has(PathString path) => path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    public int Answer(HttpRequest request)
    {
        if (!key.IsIn(request))
            return StatusCodes.Status401Unauthorized;
        if (!request.HasJsonContentType())
            return StatusCodes.Status415UnsupportedMediaType;
        var name = request.Path.Value![Root.Length..].Trim('/');
        if (!HttpMethods.IsPost(request.Method) || Functions.FirstOrDefault(function => function.IsTimer && string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } timer)
            return StatusCodes.Status404NotFound;
        _ = invoker.RunAsync(timer, new TypedData { Json = Timers.TimerListener.Tick }, "This function was programmatically called via the host APIs.", CancellationToken.None);
        return StatusCodes.Status202Accepted;
    }
}
