using System.Reflection;
using FamilyPa.Functions.Health;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.FamilyApi;

/// <summary>An HTTP function's method and path, as the app declares them.</summary>
public sealed record Route(string Method, string Path, bool NeedsKey)
{
    /// <summary>What anybody may call. Every other route without a key is a member's.</summary>
    private static readonly string[] Anybodys =
    [
        "POST /api/session/code", "POST /api/session/link", "POST /api/session", "POST /api/client-errors", "GET /api/calendar/{token}", "GET /api/openapi.json", "GET /api/health/live", "GET /api/health/ready",
    ];

    public static IReadOnlyList<Route> Api { get; } =
    [
        .. from method in typeof(HealthFunctions).Assembly.GetTypes().SelectMany(type => type.GetMethods())
           where method.GetCustomAttribute<FunctionAttribute>() is not null
           from trigger in method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
           where trigger?.Route?.StartsWith("api/", StringComparison.Ordinal) == true && !trigger.Route.StartsWith("api/webhooks/", StringComparison.Ordinal)
               // The operators' second address for the routes with a key.
               && !trigger.Route.StartsWith("api/operator/", StringComparison.Ordinal)
           from verb in trigger.Methods ?? ["any"]
           orderby trigger.Route, verb
           select new Route(verb.ToUpperInvariant(), "/" + trigger.Route, trigger.AuthLevel != AuthorizationLevel.Anonymous),
    ];

    public static IEnumerable<Route> Members => Api.Where(route => !route.NeedsKey && !Anybodys.Contains(route.ToString()));

    public static IEnumerable<Route> Operators => Api.Where(route => route.NeedsKey);

    /// <summary>A body that is taken; null where there is none.</summary>
    public object? Body => (Method, Path) switch
    {
        ("POST", "/api/tasks") => new { title = "a task" },
        ("POST", "/api/members") => new { name = "A member", phone = Infrastructure.FamilyPaApp.NewPhone() },
        ("POST", "/api/calendar-feeds/{scope}") => null,
        ("POST", "/api/family/import") => new { tasks = new[] { new { title = "a task" } } },
        ("PATCH", "/api/session") => new { family_id = Guid.NewGuid() },
        ("PATCH", _) => new { },
        ("POST", _) => throw new InvalidOperationException($"Say what {this} takes."),
        _ => null,
    };

    public override string ToString() => $"{Method} {Path}";

    /// <summary>Something for its parameters.</summary>
    public string With(Guid id) =>
        string.Join('/', Path.Split('/').Select(segment => segment.StartsWith('{') ? id.ToString() : segment));
}
