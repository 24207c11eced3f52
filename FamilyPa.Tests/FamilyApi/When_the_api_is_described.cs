using System.Text.Json;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_the_api_is_described
{
    [Fact]
    public void Every_route_is_in_the_document_and_nothing_else()
    {
        var described = from path in ApiDocument.Root.GetProperty("paths").EnumerateObject()
                        from operation in path.Value.EnumerateObject()
                        select $"{operation.Name.ToUpperInvariant()} {path.Name}";

        Assert.Equal(Route.Api.Select(route => route.ToString()).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_says_who_may_call_what()
    {
        foreach (var route in Route.Api)
        {
            var security = ApiDocument.Operation(route).GetProperty("security").EnumerateArray().SelectMany(one => one.EnumerateObject()).Select(scheme => scheme.Name);
            Assert.Equal(route.NeedsKey ? ["functionKey"] : Route.Members.Contains(route) ? ["bearer", "cookie"] : Array.Empty<string>(), security);
        }
    }

    [Fact]
    public void Path_parameters_and_references_lead_somewhere()
    {
        foreach (var route in Route.Api)
        {
            var parameters = ApiDocument.Operation(route).TryGetProperty("parameters", out var given) ? given.EnumerateArray().Select(ApiDocument.Resolve).ToList() : [];
            Assert.Equal(
                route.Path.Split('{').Skip(1).Select(rest => rest.Split('}')[0]),
                parameters.Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()));
        }

        Follow(ApiDocument.Root);

        static void Follow(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                ApiDocument.Resolve(element);
                foreach (var property in element.EnumerateObject())
                    Follow(property.Value);
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                    Follow(item);
            }
        }
    }
}

