using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using FamilyPa.Bench;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Bench;

public sealed partial class When_a_document_names_a_benchmark
{
    private static readonly RootCommand Root =
    [
        .. from type in typeof(WebhookBenchmark).Assembly.GetTypes()
           let create = type.GetMethod("Command", BindingFlags.Public | BindingFlags.Static, [])
           where create is not null
           select (Command)create.Invoke(null, [])!,
    ];

    public static TheoryData<string> Lines => [.. Documents.Files().SelectMany(file => Line().Matches(File.ReadAllText(file))).Select(line => line.Groups[1].Value.Trim()).Distinct()];

    [Theory]
    [MemberData(nameof(Lines))]
    public void It_is_a_command_with_those_options(string line) => Assert.Empty(Root.Parse(line).Errors);

    [GeneratedRegex(@"(?:`bench|--project bench/FamilyPa\.Bench --) ([a-z][^`#\n]*)")]
    private static partial Regex Line();
}
