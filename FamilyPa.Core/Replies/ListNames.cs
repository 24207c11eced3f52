using System.Text.RegularExpressions;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Replies;

/// <summary>
/// Names of lists as members write them. The default lists have names in every language; "packing list" and "packing" are the same list.
/// Case and accents do not matter.
/// </summary>
public static class ListNames
{
    /// <summary>The default lists by their names.</summary>
    private static readonly ILookup<string, string> Defaults = Phrases.Languages.Order(StringComparer.Ordinal)
        .SelectMany(language => Phrases.Of(language).Lists.SelectMany(list => list.Value.Append(list.Key), (list, name) => (Words: Words(name), list.Key)))
        .ToLookup(name => name.Words, name => name.Key);

    private static readonly IReadOnlyList<string> Calls = [.. Phrases.Languages.SelectMany(language => Phrases.Of(language).Commands.ListCalls).Distinct()];
    private static readonly IReadOnlyList<string> ComparableCalls = [.. Calls.Select(Comparable)];
    private static readonly IReadOnlyList<Regex> Called = [.. ComparableCalls.Select(Pattern)];
    private static readonly IReadOnlyList<Regex> Written = [.. Calls.Where(call => call.Split(' ').Contains("{0}")).OrderByDescending(call => call.Length).Select(Pattern)];

    /// <summary>The list's name as it is stored: of a default list its own, otherwise without a word that only says that it is a list.</summary>
    public static string? Of(string? text) => TaskCategories.Of(text) is not { } name
        ? null
        : Default(name) ?? Written.Select(call => call.Match(name)).FirstOrDefault(match => match.Success)?.Groups["name"].Value ?? name;

    /// <param name="own">The family's own lists.</param>
    /// <returns>The list that is meant; null when there is no such list.</returns>
    public static string? Find(string said, IEnumerable<string> own) =>
        Default(said) ?? (Keys(said) is var keys ? own.FirstOrDefault(list => Keys(list).Intersect(keys).Any()) : null);

    /// <summary>Whether a text names the list as a list.</summary>
    /// <param name="list">As it is stored.</param>
    public static bool IsCalled(string list, string text)
    {
        var words = $" {Words(text)} ";
        return NamesOf(list).Where(name => words.Contains(name, StringComparison.Ordinal))
            .Any(name => ComparableCalls.Any(call => words.Contains($" {call.Replace("{0}", name, StringComparison.Ordinal)} ", StringComparison.Ordinal)));
    }

    /// <summary>The name in a language.</summary>
    internal static string In(Wording wording, string list) => wording.Phrases.Lists.TryGetValue(list, out var names) ? names[0] : wording.Fact(list);

    /// <summary>Matches texts that have this form, normalised as <see cref="Words"/>; the group <c>list</c> is what the list is called.</summary>
    internal static Regex Command(IEnumerable<string> forms, IEnumerable<string> calls)
    {
        var list = string.Join('|', Longest(calls).Select(call => Regex.Escape(Comparable(call)).Replace(@"\{0}", @"\S+(?: \S+){0,2}", StringComparison.Ordinal)));
        return new Regex($@"\A(?:{string.Join('|', Longest(forms).Select(form => Regex.Escape(Comparable(form)).Replace(@"\{0}", $"(?<list>{list})", StringComparison.Ordinal)))})\z");

        static IEnumerable<string> Longest(IEnumerable<string> texts) => texts.OrderByDescending(text => text.Length);
    }

    private static string? Default(string name) => Keys(name).SelectMany(key => Defaults[key]).FirstOrDefault();

    /// <summary>What two names are compared by.</summary>
    private static List<string> Keys(string name) =>
        Words(name) is var words ? [words, .. Called.Select(call => call.Match(words)).Where(match => match.Success).Select(match => match.Groups["name"].Value)] : [];

    private static IEnumerable<string> NamesOf(string list) =>
        TaskCategories.All.Contains(list) ? Defaults.Where(name => name.Contains(list)).Select(name => name.Key) : Keys(list);

    private static string Words(string text) => string.Join(' ', PlainWords.Of(text));

    /// <summary>The form as <see cref="Words"/>, with its placeholder.</summary>
    private static string Comparable(string form) => Words(form.Replace("{0}", "0name0", StringComparison.Ordinal)).Replace("0name0", "{0}", StringComparison.Ordinal);

    private static Regex Pattern(string form) => new($@"\A{Regex.Escape(form).Replace(@"\{0}", @"(?<name>\S.*)", StringComparison.Ordinal)}\z");
}
