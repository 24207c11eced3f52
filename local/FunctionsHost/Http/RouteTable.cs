using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace FunctionsHost.Http;

/// <summary>
/// Finds the function of a request. As on the platform, the first matching route in the order of function names wins, not the most specific one, and
/// a route with another method does not match.
/// </summary>
internal sealed class RouteTable
{
    private readonly FunctionRoute[] routes;

    public RouteTable(IEnumerable<FunctionDefinition> functions, string prefix, IInlineConstraintResolver resolver)
    {
        routes = [.. functions.Where(function => function is { IsHttp: true, IsDisabled: false })
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .Select(function => new FunctionRoute(function, prefix, resolver))];
        for (var i = 0; i < routes.Length; i++)
            if (routes.Skip(i + 1).FirstOrDefault(routes[i].CollidesWith) is { } other)
                throw new FunctionsHostException($"The functions '{routes[i].Function.Name}' and '{other.Function.Name}' have the same route for the same method: {other.Function.Route}");
    }

    public FunctionDefinition? Find(HttpRequest request, out RouteValueDictionary values)
    {
        values = [];
        foreach (var route in routes)
            if (route.Takes(request.Method) && route.Matches(request.Path, values = []))
                return route.Function;
        return null;
    }
}

/// <summary>The route of an HTTP function.</summary>
internal sealed class FunctionRoute
{
    private readonly TemplateMatcher matcher;
    private readonly (string Name, IRouteConstraint Constraint)[] constraints;
    private readonly string shape;

    public FunctionRoute(FunctionDefinition function, string prefix, IInlineConstraintResolver resolver)
    {
        Function = function;
        Refuse(function, prefix);
        var template = TemplateParser.Parse($"{prefix}/{function.Route}".Trim('/'));
        shape = string.Join('/', template.Segments.Select(segment => string.Concat(segment.Parts.Select(part => part.IsLiteral ? part.Text : "{}"))));
        matcher = new TemplateMatcher(template, new RouteValueDictionary(template.Parameters
            .Where(parameter => parameter.DefaultValue is not null)
            .Select(parameter => KeyValuePair.Create(parameter.Name!, parameter.DefaultValue))));
        constraints = [.. from parameter in template.Parameters
                          from constraint in parameter.InlineConstraints
                          select (parameter.Name!, resolver.ResolveConstraint(constraint.Constraint)
                              ?? throw new FunctionsHostException($"The function '{function.Name}' has an unknown route constraint: {constraint.Constraint}"))];
    }

    public FunctionDefinition Function { get; }

    public bool Takes(string method) => Function.Methods?.Contains(method, StringComparer.OrdinalIgnoreCase) ?? true;

    public bool Matches(PathString path, RouteValueDictionary values) =>
        matcher.TryMatch(path, values)
        && Array.TrueForAll(constraints, one => one.Constraint.Match(null, null, one.Name, values, RouteDirection.IncomingRequest));

    /// <summary>Whether a request could match both routes. The platform then serves neither.</summary>
    public bool CollidesWith(FunctionRoute other) =>
        string.Equals(shape, other.shape, StringComparison.OrdinalIgnoreCase)
        && constraints.Length == other.constraints.Length
        && (Function.Methods is null || other.Function.Methods is null || Function.Methods.Any(other.Takes));

    /// <summary>The platform reserves these paths, without the prefix. An empty path breaks its other routes.</summary>
    private static void Refuse(FunctionDefinition function, string prefix)
    {
        if (function.Route.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || function.Route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase))
            throw new FunctionsHostException($"The function '{function.Name}' has a route under admin or runtime, which the platform reserves: {function.Route}");
        if (function.Route.Length == 0 && prefix.Length == 0)
            throw new FunctionsHostException($"The function '{function.Name}' has the route '/' with an empty routePrefix, which breaks every HTTP function on the platform.");
    }
}
