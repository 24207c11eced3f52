using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using FamilyPa.Cli;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Cli;

/// <summary>The commands in the documents must be valid.</summary>
public sealed partial class When_a_document_names_a_command
{
    private static readonly RootCommand Root = Build();

    public static TheoryData<string, string> Lines => [.. Documents.Files().SelectMany(Found)];

    [Theory]
    [MemberData(nameof(Lines))]
    public void It_is_a_command_with_those_options(string document, string line)
    {
        var parsed = Root.Parse(line);

        Assert.True(parsed.Errors.Count == 0, $"{document}: familypa {line}: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
    }

    [Fact]
    public void Those_are_found() => Assert.True(Lines.Count > 20);

    [Theory]
    [InlineData("inspekt SM0123456789abcdef0123456789abcdef")]
    [InlineData("events --statuss failed")]
    [InlineData("events --source broken")]
    [InlineData("requeue extrakt SM0123456789abcdef0123456789abcdef")]
    public void A_wrong_one_is_noticed(string line) => Assert.NotEmpty(Root.Parse(line).Errors);

    private static IEnumerable<TheoryDataRow<string, string>> Found(string file)
    {
        var text = File.ReadAllText(file);
        var lines = Documents.Blocks(text).SelectMany(block => block.Split('\n')).Concat(Documents.Inline(text));
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.StartsWith("familypa ", StringComparison.Ordinal)))
        {
            var arguments = Comment().Replace(line["familypa ".Length..], "")
                .Replace("SM…", "SM0123456789abcdef0123456789abcdef", StringComparison.Ordinal).Replace("'…'", "'x'", StringComparison.Ordinal);
            // A command's name without arguments is a reference, not a command line.
            if (arguments.Contains(' ', StringComparison.Ordinal))
                yield return new(Path.GetFileName(file), arguments);
        }
    }

    private static RootCommand Build()
    {
        var root = new RootCommand();
        foreach (var create in typeof(GlobalOptions).Assembly.GetTypes().Where(type => type.Name.EndsWith("Command", StringComparison.Ordinal))
                     .Select(type => type.GetMethod("Create", BindingFlags.Public | BindingFlags.Static, [])).OfType<MethodInfo>())
            root.Add((Command)create.Invoke(null, [])!);
        foreach (var option in GlobalOptions.All)
            root.Add(option);
        return root;
    }

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();
}
