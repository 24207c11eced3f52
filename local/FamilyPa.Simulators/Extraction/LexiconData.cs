using System.Text.Json;

namespace FamilyPa.Simulators.Extraction;

/// <summary>One language's words as they stand in <c>Lexicons/*.json</c>. Word lists are separated by spaces; the other members are regular expressions.</summary>
/// <param name="And">Joins the last two items of a list.</param>
/// <param name="Words">Common words, by which the language is recognised.</param>
/// <param name="Verbs">What a task begins with (or, with <paramref name="VerbsLast"/>, contains).</param>
/// <param name="NounVerbs">Verbs that are nouns as well: they begin a task in mid-sentence only before a determiner or a known thing.</param>
/// <param name="Noise">Beginnings without meaning.</param>
/// <param name="Request">Beginnings that ask somebody; <paramref name="Self"/> those by which the sender takes it on.</param>
/// <param name="Assign">Beginnings that give it to a member, with <c>{name}</c>; <paramref name="AssignAfter"/> such endings.</param>
/// <param name="Buy">Beginnings that say something is missing.</param>
/// <param name="Categories">Each category's words with their weights; a star ends a stem.</param>
internal sealed record LexiconData(
    string And, string Words, string Verbs, string NounVerbs, string Lights, string Determiners, string Particles, bool VerbsLast, bool CarriesVerb,
    string Joiners, string Then, string Leads, string Every, string Noise, string Request, string Self, string[] Assign, string[] AssignAfter,
    string Chatter, string Question, string Negative, string Statement, string Has, string Needs, string Vague, string Buy, string BuyHeader,
    string Event, string EventAfter, string Tail, string Infinitive, string BuyTemplate, string AskVague, string AskUnsure, string AskWhat,
    Dictionary<string, string> Categories)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    public static LexiconData Load(string name)
    {
        using var stream = typeof(LexiconData).Assembly.GetManifestResourceStream($"Lexicons/{name}.json")
            ?? throw new InvalidOperationException($"There is no lexicon '{name}'.");
        return JsonSerializer.Deserialize<LexiconData>(stream, Options)!;
    }
}
