using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace FamilyPa.Simulators.Extraction;

/// <summary>One language's rules, ready to use. Languages without rules of their own share <c>other</c>, which knows courtesies only.</summary>
internal sealed class Lexicon
{
    /// <summary>Stands for the n-th date of a text while the text is taken apart: one private-use sign each.</summary>
    public const char FirstDate = '\uE000';

    private const string AnyDate = @"[\uE000-\uE0FF]";
    private static readonly ConcurrentDictionary<string, Lexicon> Loaded = new(StringComparer.Ordinal);

    private Lexicon(string name)
    {
        Name = name;
        Data = LexiconData.Load(name);
        Words = Set(Data.Words);
        Verbs = Set(Data.Verbs);
        NounVerbs = Set(Data.NounVerbs);
        Determiners = Set(Data.Determiners);
        Particles = Set(Data.Particles);
        Noise = Start(Data.Noise);
        Request = Start(Data.Request);
        Self = Start(Data.Self);
        Negative = Start(Data.Negative);
        Question = Start(Data.Question);
        Statement = Start(Data.Statement);
        Buy = Start(Data.Buy);
        Event = Start(Data.Event);
        Chatter = Whole(Data.Chatter);
        Vague = Whole(Data.Vague);
        BuyHeader = Whole(Data.BuyHeader);
        EventAfter = Of($@"\s(?:{Data.EventAfter})\W*$", Data.EventAfter);
        Tail = Of($@"[\s,]+(?:{Data.Tail})[\s!.?]*$", Data.Tail);
        Then = Of($@"(?<!\p{{L}})(?:{Data.Then})(?!\p{{L}})", Data.Then);
        Infinitive = Of($@"\s(?:{Data.Infinitive})\s(?=\p{{L}}+$)", Data.Infinitive);
        States = [.. Data.EventAfter.Split('|')];
        LeadBeforeDate = Of($@"(?<![\p{{L}}'])(?:(?:{Data.Leads})\s+)*{AnyDate}", Data.Leads);
        LeadingLead = Of($@"^(?:(?:{Data.Leads})\s+)+(?={AnyDate})", Data.Leads);
        RepeatedDate = Of(
            $@"(?<!\p{{L}})(?:{Data.Every})\s+{AnyDate}|{AnyDate}(?:\s*(?:,|{Data.Joiners})\s*(?:(?:{Data.Leads})\s+)*{AnyDate})+", Data.Every);
        Separator = Of($@"\s*;\s*|\s*[,،、，]\s*(?:(?:{Data.Joiners})\s+)?|\s+(?:{Data.Joiners})\s+", Data.Joiners);
        Categories = new Categories(Data.Categories);
    }

    public static IReadOnlyList<string> Languages { get; } = ["en", "de", "fr", "es", "it", "nl", "pt"];

    public string Name { get; }
    public LexiconData Data { get; }
    public HashSet<string> Words { get; }
    public HashSet<string> Verbs { get; }
    public HashSet<string> NounVerbs { get; }
    public HashSet<string> Determiners { get; }
    public HashSet<string> Particles { get; }
    public Regex Noise { get; }
    public Regex Request { get; }
    public Regex Self { get; }
    public Regex Negative { get; }
    public Regex Question { get; }
    public Regex Statement { get; }
    public Regex Buy { get; }
    public Regex Event { get; }
    public Regex Chatter { get; }
    public Regex Vague { get; }
    public Regex BuyHeader { get; }
    public Regex EventAfter { get; }
    public Regex Tail { get; }
    public Regex Then { get; }
    public Regex Infinitive { get; }
    public HashSet<string> States { get; }
    public Regex LeadBeforeDate { get; }
    public Regex LeadingLead { get; }
    public Regex RepeatedDate { get; }
    public Regex Separator { get; }
    public Categories Categories { get; }

    /// <summary>Whether it knows the language's verbs.</summary>
    public bool KnowsVerbs => Verbs.Count > 0;

    public static Lexicon For(string language) =>
        Loaded.GetOrAdd(Languages.Contains(language) ? language : "other", name => new Lexicon(name));

    public static Regex Of(string pattern, string guard = "x") => new(
        // An empty list must match nothing rather than everything.
        guard.Length == 0 ? "(?!)" : pattern,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));

    // An expression may end in an apostrophe or a space of its own ("rappelle-moi d'appeler").
    private static Regex Start(string pattern) => Of($@"^(?:{pattern})(?:(?<=['\s])|(?![\p{{L}}\p{{N}}'-]))[\s,.!:–-]*", pattern);

    private static Regex Whole(string pattern) => Of($@"^\W*(?:{pattern})\W*$", pattern);

    private static HashSet<string> Set(string words) => [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
