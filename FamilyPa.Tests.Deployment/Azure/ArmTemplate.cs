using System.Text.Json;
using System.Text.RegularExpressions;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>The template that Azure Resource Manager deploys: <c>infra/main.bicep</c>, compiled once per run with the compiler of <c>tools/bicep</c>.</summary>
internal sealed class ArmTemplate
{
    private static readonly Lazy<Task<ArmTemplate>> Compiled = new(CompileAsync);

    private ArmTemplate(JsonElement root)
    {
        Root = root;
        Resources = [.. ResourcesOf(root)];
    }

    public JsonElement Root { get; }

    /// <summary>All deployed resources, also those of modules, without the modules themselves and without references to existing resources.</summary>
    public IReadOnlyList<ArmResource> Resources { get; }

    /// <summary>Skips the test on a machine for which <c>tools/bicep</c> has no compiler.</summary>
    public static Task<ArmTemplate> CompiledAsync()
    {
        Bicep.Require();
        return Compiled.Value;
    }

    /// <returns>At least one.</returns>
    public IReadOnlyList<ArmResource> OfType(string type)
    {
        var found = Resources.Where(resource => resource.Type == type).ToList();
        Assert.True(found.Count > 0, $"No resource has the type {type}.");
        return found;
    }

    private static async Task<ArmTemplate> CompileAsync()
    {
        var output = Path.GetTempFileName();
        try
        {
            await Bicep.RunAsync(null, "build", "infra/main.bicep", "--outfile", output);
            return new ArmTemplate(JsonDocument.Parse(await File.ReadAllBytesAsync(output)).RootElement);
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static IEnumerable<ArmResource> ResourcesOf(JsonElement template)
    {
        // Language version 2 has an object with names, version 1 an array.
        var resources = template.GetProperty("resources");
        IEnumerable<JsonElement> all = resources.ValueKind == JsonValueKind.Array ? resources.EnumerateArray() : resources.EnumerateObject().Select(entry => entry.Value);
        foreach (var resource in all)
            if (resource.GetProperty("type").GetString() == "Microsoft.Resources/deployments")
                foreach (var nested in ResourcesOf(resource.GetProperty("properties").GetProperty("template")))
                    yield return nested;
            else if (!resource.TryGetProperty("existing", out var existing) || !existing.GetBoolean())
                yield return new ArmResource(resource, template);
    }
}

/// <param name="Json">Values in brackets are expressions.</param>
/// <param name="Template">The template of the resource's module, which defines the variables of its expressions.</param>
internal sealed partial record ArmResource(JsonElement Json, JsonElement Template)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public string Name => Json.GetProperty("name").GetString()!;

    /// <param name="path">Below <c>properties</c>, separated by dots.</param>
    /// <returns>Null when it does not exist.</returns>
    public JsonElement? Property(string path) => At(Json, $"properties.{path}");

    /// <param name="path">As of <see cref="Property"/>.</param>
    public JsonElement? Variable(string path) => At(Template, $"variables.{path}");

    /// <summary>Replaces the variables of an expression by their values.</summary>
    public string Resolve(string expression)
    {
        var resolved = VariableName().Replace(
            expression, name => Variable(name.Groups["name"].Value + name.Groups["path"].Value)?.ToString() ?? throw new InvalidOperationException($"{name.Value} does not exist."));
        return resolved == expression ? resolved : Resolve(resolved);
    }

    private static JsonElement? At(JsonElement json, string path)
    {
        foreach (var part in path.Split('.'))
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(part, out json))
                return null;
        return json;
    }

    [GeneratedRegex(@"variables\('(?<name>[^']+)'\)(?<path>(\.\w+)*)")]
    private static partial Regex VariableName();
}
