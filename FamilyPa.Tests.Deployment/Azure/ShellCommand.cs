using System.Text.RegularExpressions;

namespace FamilyPa.Tests.Deployment.Azure;

/// <summary>A simple command of a shell script. Nothing is executed or expanded; <c>$NAME</c> and <c>$(…)</c> stay in the words.</summary>
/// <param name="Assigned">The variables that are assigned before the words, or by <c>export</c>.</param>
/// <param name="Used">The variables that the words and the assigned values use.</param>
internal sealed partial record ShellCommand(IReadOnlyList<string> Words, IReadOnlyList<string> Assigned, IReadOnlyList<string> Used)
{
    private const string Substitution = """\$\((?<script>([^()"']|"[^"]*"|'[^']*')*)\)""";
    private const string InDoubleQuotes = $$"""({{Substitution}}|\\.|[^"\\$]|\$(?!\())*""";
    private const string Word = $$"""({{Substitution}}|'[^']*'|"{{InDoubleQuotes}}"|\\[^\n]|[^\s;&|<>()'"`\\$]|\$(?!\())+""";

    public override string ToString() => string.Join(' ', Words);

    /// <summary>The commands in the order of their execution: those of a <c>$(…)</c> before the command that contains it.</summary>
    /// <exception cref="FormatException">A quote or parenthesis is not closed, or the script uses unsupported syntax, such as a redirection.</exception>
    public static IReadOnlyList<ShellCommand> Parse(string script)
    {
        var commands = new List<ShellCommand>();
        var words = new List<string>();
        var end = 0;
        foreach (Match token in Token().Matches($"{script}\n"))
        {
            end = token.Index + token.Length;
            if (token.Groups["word"].Success)
            {
                words.Add(token.Value);
                commands.AddRange(token.Groups["script"].Captures.SelectMany(inner => Parse(inner.Value)));
            }
            else if (token.Groups["end"].Success && words.Count > 0)
            {
                commands.Add(Of(words));
                words.Clear();
            }
        }

        return end > script.Length ? commands : throw new FormatException($"Syntax error at {end}: {script}");
    }

    private static ShellCommand Of(List<string> words)
    {
        var before = words[0] == "export" ? 1 : 0;
        var assigned = words.Skip(before).TakeWhile(word => Assignment().IsMatch(word)).ToList();
        return new(
            [.. words.Take(before).Concat(words.Skip(before + assigned.Count)).Select(Unquoted)],
            [.. assigned.Select(word => word.Split('=')[0])],
            [.. words.SelectMany(word => Variable().Matches(NotExpandedHere().Replace(word, ""))).Select(match => match.Groups["name"].Value)]);
    }

    private static string Unquoted(string word) => Variable().Replace(Quoted().Replace(word, "${single}${double}${escaped}"), "$$${name}");

    [GeneratedRegex($$"""\G((?<end>\#[^\n]*\n|[\n;&|])|[ \t]+|\\\n|(?<word>{{Word}}))""", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    [GeneratedRegex($$"""'(?<single>[^']*)'|"(?<double>{{InDoubleQuotes}})"|\\(?<escaped>.)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    /// <summary>Single-quoted text, and nested commands.</summary>
    [GeneratedRegex($$"""'[^']*'|{{Substitution}}""", RegexOptions.ExplicitCapture)]
    private static partial Regex NotExpandedHere();

    [GeneratedRegex(@"\$(\{(?<name>\w+)\}|(?<name>[A-Za-z_]\w*))", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\w+=")]
    private static partial Regex Assignment();
}
