using System.Text.Json;
using System.Text.RegularExpressions;
using FamilyPa.Local;
using FamilyPa.Tests.Deployment.Azure;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Deployment.Documentation;

/// <summary>Links, commands, tests and settings that the documents name must exist, and the documents must stay short.</summary>
public sealed partial class When_the_documents_are_checked
{
    private const int MostLinesOfReadme = 110;
    private const int MostWords = 9000;

    /// <summary>Commands of the shell, and those that CI or other tests execute or parse.</summary>
    private static readonly string[] Known = ["alias", "az", "azd", "bash", "curl", "docker", "dotnet", "echo", "eval", "export", "familypa", "gh", "psql", "read", "set", "uuidgen"];

    public static TheoryData<string> Guides => [.. Documents.Files().Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Its_links_lead_somewhere(string guide) =>
        Assert.All(Link().Matches(Read(guide)).Select(link => link.Groups["to"].Value).Where(to => !to.StartsWith("https://", StringComparison.Ordinal)), to =>
        {
            var (file, heading) = to.Split('#') is [var path, var anchor] ? (path, anchor) : (to, null);
            var target = Path.Combine(Repository.Root, Path.GetDirectoryName(guide)!, file.Length > 0 ? file : Path.GetFileName(guide));
            Assert.True(Path.Exists(target), to);
            if (heading is not null)
                Assert.Contains(heading, Heading().Matches(File.ReadAllText(target)).Select(match => Slug(match.Groups[1].Value)));
        });

    [Theory]
    [MemberData(nameof(Guides))]
    public void Its_shell_commands_exist(string guide)
    {
        foreach (var command in Documents.Blocks(Read(guide)).SelectMany(ShellCommand.Parse).Where(command => command.Words.Count > 0))
        {
            Assert.True(Known.Contains(command.Words[0]) || File.Exists(Path.Combine(Repository.Root, command.Words[0])), $"{command}");
            if (command.Words[0] is "dotnet" or "bash")
                Assert.All(command.Words.Where(word => word.Contains('/', StringComparison.Ordinal) && !word.StartsWith("artifacts/", StringComparison.Ordinal)), word => Assert.True(Path.Exists(Path.Combine(Repository.Root, word)), $"{command}"));
        }
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Its_requests_are_routes_of_the_API(string guide) =>
        Assert.All(Request().Matches(Read(guide)).Select(request => request.Groups[1].Value), path => Assert.Contains(Routes().Keys, route => Regex.IsMatch(path, $"^{Parameter().Replace(route, "[^/]+")}$")));

    [Theory]
    [MemberData(nameof(Guides))]
    public void Its_tests_exist(string guide) => Assert.All(Tests().Matches(Read(guide)), test =>
    {
        var projects = Sources.Where(source => Regex.IsMatch(source.Text, $@"\bclass {test.Groups["class"].Value}\b")).Select(source => source.Project).ToHashSet();
        Assert.True(projects.Count > 0, test.Value);
        if (test.Groups["method"] is { Success: true, Value: var method })
            Assert.True(Sources.Any(source => projects.Contains(source.Project) && Regex.IsMatch(source.Text, $@"\b{method}\(")), test.Value);
    });

    [Theory]
    [MemberData(nameof(Guides))]
    public void Its_settings_exist(string guide)
    {
        var settings = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "FamilyPa.Core", "Settings"), "*.cs").Select(File.ReadAllText));

        Assert.All(Setting().Matches(Read(guide)), setting => Assert.Matches($@"\b{setting.Groups[1].Value} {{ get;", settings));
    }

    [Fact]
    public void Each_item_of_the_production_checklist_names_its_code_or_a_test()
    {
        var items = Item().Matches(Read("docs/production-checklist.md"));

        Assert.True(items.Count > 100);
        Assert.All(items, item => Assert.Matches("When_", item.Groups["proof"].Value));
    }

    [Fact]
    public void Each_threat_names_a_test()
    {
        var threats = Read("SECURITY.md").Split("## ").Single(section => section.StartsWith("Threat model", StringComparison.Ordinal)).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();

        Assert.True(threats.Count > 20);
        Assert.All(threats, threat => Assert.Matches(@"\| `When_[^|]+ \|$", threat));
    }

    [Fact]
    public void The_page_of_the_API_has_the_routes_of_the_OpenAPI_document() =>
        Assert.Equal(Routes().Select(route => $"| `{route.Key}` | {route.Value} |").Order(StringComparer.Ordinal), ApiRow().Matches(Read("docs/api.md")).Select(row => row.Value).Order(StringComparer.Ordinal));

    [Fact]
    public void They_are_short()
    {
        // Words have a letter or digit. Code blocks and the targets of links do not count.
        var words = Documents.Files().Where(file => Path.GetRelativePath(Repository.Root, file).StartsWith("docs", StringComparison.Ordinal))
            .Sum(file => Regex.Replace(CodeBlock().Replace(File.ReadAllText(file), ""), @"\]\([^)]*\)", "]").Split((char[]?)null).Count(word => word.Any(char.IsLetterOrDigit)));

        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Length, 1, MostLinesOfReadme);
        Assert.InRange(words, 1, MostWords);
    }

    private static List<(string Project, string Text)> Sources { get; } =
    [
        .. from project in Directory.EnumerateDirectories(Repository.Root, "FamilyPa.Tests*")
           from file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
           select (project, File.ReadAllText(file)),
    ];

    /// <summary>The paths of the OpenAPI document with their methods.</summary>
    private static Dictionary<string, string> Routes()
    {
        using var document = JsonDocument.Parse(Read("FamilyPa.Functions/OpenApi/openapi.json"));
        return document.RootElement.GetProperty("paths").EnumerateObject().ToDictionary(
            path => path.Name, path => string.Join(' ', path.Value.EnumerateObject().Select(operation => operation.Name.ToUpperInvariant())));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string Slug(string heading) => Regex.Replace(heading.Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)|src=""(?<to>[^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\$(?:FAMILYPA_)?URL(/api/[^""?\s]+)")]
    private static partial Regex Request();

    [GeneratedRegex(@"\\?\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"`(?<class>When_\w+)(\.(?<method>\w+))?`|~(?<class>When_\w+)")]
    private static partial Regex Tests();

    [GeneratedRegex(@"\b(?:Calendar|Canary|Limits|Pipeline|Reminders|Retention)__(\w+)\b(?!…)")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^\| (?!item |---|\*\*)(?<item>.+) \| (?<code>.*) \| (?<proof>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Item();

    [GeneratedRegex(@"^\| `/api/.+ \|$", RegexOptions.Multiline)]
    private static partial Regex ApiRow();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
