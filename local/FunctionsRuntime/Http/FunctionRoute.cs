using FunctionsRuntime.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Http;

/// <summary>The route of one HTTP function.</summary>
internal sealed class FunctionRoute
{
    private readonly string[]? methods;
    private readonly TemplateMatcher matcher;
    private readonly (string Name, IRouteConstraint Constraint)[] constraints;

    public FunctionRoute(LoadedFunction function, HttpTriggerAttribute trigger, string prefix, IInlineConstraintResolver resolver)
    {
        Function = function;
        NeedsKey = trigger.AuthLevel != AuthorizationLevel.Anonymous;
        methods = trigger.Methods is { Length: > 0 } some ? some : null;

        var route = (string.IsNullOrWhiteSpace(trigger.Route) ? function.Name : trigger.Route).Trim('/');
        Refuse(route, prefix);
        var template = TemplateParser.Parse($"{prefix}/{route}".Trim('/'));
        Shape = string.Join('/', template.Segments.Select(ShapeOf));
        Literal = template.Parameters.Count == 0 ? "/" + template.TemplateText : null;
        matcher = new TemplateMatcher(template, Defaults(template));
        constraints = [.. from parameter in template.Parameters
                          from constraint in parameter.InlineConstraints
                          select (parameter.Name!, resolver.ResolveConstraint(constraint.Constraint)
                              ?? throw new InvalidOperationException($"Function '{function.Name}': unknown route constraint '{constraint.Constraint}'."))];
    }

    public LoadedFunction Function { get; }

    public bool NeedsKey { get; }

    /// <summary>The whole path when the route has no parameters.</summary>
    public string? Literal { get; }

    /// <summary>The route without the names of its parameters: two routes of one shape match the same requests.</summary>
    public string Shape { get; }

    public bool Takes(string method)
    {
        if (methods is null)
            return true;

        foreach (var one in methods)
        {
            if (string.Equals(one, method, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    public bool Matches(PathString path, RouteValueDictionary values)
    {
        if (!matcher.TryMatch(path, values))
            return false;

        foreach (var (name, constraint) in constraints)
        {
            if (!constraint.Match(null, null, name, values, RouteDirection.IncomingRequest))
                return false;
        }

        return true;
    }

    public bool CollidesWith(FunctionRoute other) =>
        string.Equals(Shape, other.Shape, StringComparison.OrdinalIgnoreCase)
        && (methods is null || other.methods is null || methods.Any(other.Takes));

    /// <summary>The platform keeps these paths for itself; the prefix does not count. An empty path breaks its other routes.</summary>
    private void Refuse(string route, string prefix)
    {
        if (route.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"Function '{Function.Name}': the route '{route}' conflicts with the host's own routes under admin and runtime.");

        if (route.Length == 0 && prefix.Length == 0)
            throw new InvalidOperationException($"Function '{Function.Name}': with an empty routePrefix the route '/' breaks every HTTP function of the app.");
    }

    private static string ShapeOf(TemplateSegment segment) => string.Concat(segment.Parts.Select(part =>
        part.IsLiteral ? part.Text : $"{{{(part.IsCatchAll ? "*" : "")}{string.Join(':', part.InlineConstraints.Select(one => one.Constraint))}}}"));

    private static RouteValueDictionary Defaults(RouteTemplate template)
    {
        var defaults = new RouteValueDictionary();
        foreach (var parameter in template.Parameters.Where(parameter => parameter.DefaultValue is not null))
            defaults[parameter.Name!] = parameter.DefaultValue;

        return defaults;
    }
}
