using System.Text.Json;
using System.Xml.Linq;
using FamilyPa.Local;

namespace FamilyPa.Tests.Deployment.GitHub;

/// <summary>A build takes the packages that were reviewed: of one source, of an exact version, with the content of that day.</summary>
public sealed class When_a_dependency_is_restored
{
    private static IEnumerable<string> Projects => Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Repository.Root, file).StartsWith("artifacts", StringComparison.Ordinal) && File.ReadAllText(file).Contains("Reference Include", StringComparison.Ordinal));

    [Fact]
    public void Each_package_of_each_project_has_an_exact_version_and_the_hash_of_its_content() => Assert.All(Projects, project =>
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project").ToList();

        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Equal(64, Convert.FromBase64String(package.Value.GetProperty("contentHash").GetString()!).Length));
    });

    [Fact]
    public void A_version_is_no_range() => Assert.All(
        XDocument.Load(In("Directory.Packages.props")).Descendants("PackageVersion"), package => Assert.Matches(@"^\d+(\.\d+)+[\w.-]*$", package.Attribute("Version")!.Value));

    [Fact]
    public void There_is_one_source_and_CI_changes_no_lock_file()
    {
        var source = Assert.Single(XDocument.Load(In("nuget.config")).Descendants("packageSourceMapping").Single().Elements());

        Assert.Equal(("nuget.org", "*"), (source.Attribute("key")!.Value, Assert.Single(source.Elements()).Attribute("pattern")!.Value));
        Assert.Equal("'$(CI)' == 'true'", XDocument.Load(In("Directory.Build.props")).Descendants("RestoreLockedMode").Single().Attribute("Condition")!.Value);
    }

    [Fact]
    public void Each_npm_package_has_an_exact_version_and_a_hash()
    {
        using var package = JsonDocument.Parse(File.ReadAllText(In("local/package.json")));
        using var locked = JsonDocument.Parse(File.ReadAllText(In("local/package-lock.json")));

        foreach (var kind in (string[])["dependencies", "devDependencies"])
            Assert.All(package.RootElement.GetProperty(kind).EnumerateObject(), one => Assert.Matches(@"^\d+\.\d+\.\d+[\w.-]*$", one.Value.GetString()));
        Assert.All(locked.RootElement.GetProperty("packages").EnumerateObject().Where(one => one.Name.Length > 0), one => Assert.StartsWith("sha512-", one.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
    }

    private static string In(string file) => Path.Combine(Repository.Root, file);
}
