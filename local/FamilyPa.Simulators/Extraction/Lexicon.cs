using System.Text.Json;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>The words of one language by which tasks are found. They stand in <c>Lexicons/*.json</c>, where phrases are regular expressions.</summary>
internal sealed class Lexicon
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };
    private static readonly Lexicon[] All = [.. new[] { "en", "de", "fr", "es" }.Select(language => new Lexicon(language))];

    private readonly LexiconData data;

    private Lexicon(string language)
    {
        Language = language;
        using var stream = typeof(Lexicon).Assembly.GetManifestResourceStream($"Lexicons/{language}.json")!;
        data = JsonSerializer.Deserialize<LexiconData>(stream, Json)!;
        ClauseSeparator = data.VerbIsLast ? SeparatorAfterVerb(data) : SeparatorBeforeVerb(data);
        Joiner = AnyOf(data.Joiners);
        Courtesy = Start(data.Courtesies);
        Request = Start(data.Requests);
        RequestBySender = Start(data.RequestsBySender);
        SmallTalk = Pattern($@"^{AnyOf(data.SmallTalk)}(?!\p{{L}})");
        VagueObject = Pattern($@"\s+{AnyOf(data.VagueObjects)}$");
        Yes = Pattern($@"^\W*{AnyOf(data.Yes)}\W*$");
        No = Pattern($@"^\W*{AnyOf(data.No)}\W*$");
        BeforeDate = Pattern($@"(?<!\p{{L}})(?:{AnyOf(data.BeforeDates)}\s+)+$");
    }

    /// <summary>ISO 639-1.</summary>
    public string Language { get; }

    /// <summary>Separates two tasks in a sentence: "buy milk and call grandma", but not "buy bread and butter".</summary>
    public Regex ClauseSeparator { get; }

    /// <summary>A regular expression: "and".</summary>
    public string Joiner { get; }

    public Regex Courtesy { get; }
    public Regex Request { get; }
    public Regex RequestBySender { get; }
    public Regex SmallTalk { get; }
    public Regex VagueObject { get; }
    public Regex Yes { get; }
    public Regex No { get; }

    /// <summary>Words at the end of a text that belong to the date after it: "on", "by".</summary>
    public Regex BeforeDate { get; }

    /// <summary>Beginnings that give the task to a member, with <c>{name}</c> for the name.</summary>
    public IReadOnlyList<string> RequestsByName => data.RequestsByName;

    /// <summary>A format string with <c>{0}</c> for the unclear task's title.</summary>
    public string ClarifyingQuestion => data.ClarifyingQuestion;

    public IReadOnlyCollection<string> Categories => data.Categories.Keys;

    /// <summary>The answer to a picture that is not the sample.</summary>
    public string UnreadablePicture => data.UnreadablePicture;

    /// <summary>The language with the most known words in the text. On a tie, the language of the family's locale.</summary>
    public static Lexicon Detect(string text, string locale = "en-GB")
    {
        var words = Words(text);
        return All.MaxBy(lexicon => 2 * words.Count(word => lexicon.data.CommonWords.Contains(word) || lexicon.data.Verbs.Contains(word))
            + (locale.StartsWith(lexicon.Language, StringComparison.Ordinal) ? 1 : 0))!;
    }

    public static string[] Words(string text) => [.. Regex.Matches(text.ToLowerInvariant(), @"[\p{L}\p{N}]+").Select(match => match.Value)];

    /// <summary>Whether the text has a verb in a task's position: first, or last in German.</summary>
    public bool HasVerb(string text) => Words(text) is [.., var last] words && data.Verbs.Contains(data.VerbIsLast ? last : words[0]);

    /// <returns>The first category of which the text has a word, or <c>other</c>.</returns>
    public string CategoryOf(string text)
    {
        var words = Words(text);
        return data.Categories.FirstOrDefault(category => words.Any(category.Value.Contains)).Key ?? "other";
    }

    public static Regex Pattern(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));

    private static Regex SeparatorAfterVerb(LexiconData data) =>
        Pattern($@"(?<=(?<!\p{{L}}){AnyOf(data.Verbs)})(?:\s*,\s*(?:{AnyOf(data.Joiners)}\s+)*|\s+(?:{AnyOf(data.Joiners)}\s+)+)");

    /// <remarks>At least two words stand before it: "wash and iron the shirts" is one task.</remarks>
    private static Regex SeparatorBeforeVerb(LexiconData data)
    {
        var (verb, beginning) = ($@"{AnyOf(data.Verbs)}(?!\p{{L}})", AnyOf([.. data.Courtesies, .. data.Requests, .. data.RequestsBySender]));
        return Pattern($@"(?<=\S\s+\S+)(?:\s*,\s*(?={verb})|(?:\s*,)?\s+(?:{AnyOf(data.Joiners)}\s+)+(?=(?:{beginning}\s+)*{verb}))");
    }

    private static Regex Start(IEnumerable<string> phrases) => Pattern($@"^{AnyOf(phrases)}(?:(?<=')|(?!\p{{L}}))[\s,.:!]*");

    private static string AnyOf(IEnumerable<string> phrases) => $"(?:{string.Join('|', phrases)})";

    private sealed record LexiconData(
        HashSet<string> CommonWords, HashSet<string> Verbs, bool VerbIsLast, string[] Joiners, string[] BeforeDates, string[] Courtesies,
        string[] Requests, string[] RequestsBySender, string[] RequestsByName, string[] SmallTalk, string[] VagueObjects, string[] Yes, string[] No,
        string ClarifyingQuestion, string UnreadablePicture, Dictionary<string, HashSet<string>> Categories);
}
