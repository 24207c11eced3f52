using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>Reads the documents and their shell code.</summary>
internal static partial class Documents
{
    public static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.md", SearchOption.AllDirectories));

    /// <summary>The code blocks between <c>```sh</c> and <c>```</c>.</summary>
    public static IEnumerable<string> Blocks(string text) => Block().Matches(text).Select(block => block.Groups[1].Value);

    /// <summary>The inline code in running text.</summary>
    public static IEnumerable<string> Inline(string text) => InlineCode().Matches(Block().Replace(text, "")).Select(code => code.Groups[1].Value);

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex InlineCode();
}
