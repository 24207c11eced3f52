using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FunctionsRuntime.Http;

/// <summary>
/// Finds the function of a request. As on the platform the first route that matches wins, in the order of the functions'
/// names and not by how specific it is, and a wrong method is no match.
/// </summary>
internal sealed class RouteTable
{
    private readonly FunctionRoute[] all;
    private readonly FrozenDictionary<string, FunctionRoute[]> fixedPaths;

    /// <param name="inNameOrder">The routes, ordered by their functions' names.</param>
    public RouteTable(IReadOnlyList<FunctionRoute> inNameOrder)
    {
        all = [.. inNameOrder];
        for (var i = 0; i < all.Length; i++)
        {
            if (all.Skip(i + 1).FirstOrDefault(other => other.CollidesWith(all[i])) is { } other)
            {
                throw new InvalidOperationException(
                    $"The functions '{all[i].Function.Name}' and '{other.Function.Name}' have the same route '{other.Shape}' for the same method.");
            }
        }

        fixedPaths = all.Where(route => route.Literal is not null)
            .Select(route => route.Literal!)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(path => path, path => all.Where(route => route.Matches(path, [])).ToArray(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The route of a request, its values put into the request.</summary>
    public FunctionRoute? Find(HttpRequest request)
    {
        var path = request.Path;
        // Most requests are for a fixed path: one lookup gives the few routes that can match at all.
        var candidates = path.Value is { } text && fixedPaths.TryGetValue(text, out var known) ? known : all;
        foreach (var route in candidates)
        {
            if (!route.Takes(request.Method))
                continue;

            if (route.Literal is not null && candidates != all)
                return route;

            var values = new RouteValueDictionary();
            if (route.Matches(path, values))
            {
                request.RouteValues = values;
                return route;
            }
        }

        return null;
    }
}
