namespace FamilyPa.Simulators.Extraction;

/// <summary>Whether a text says something to do.</summary>
internal static class Verbs
{
    /// <param name="strict">In mid-sentence a word that is a noun too counts only before a determiner, a member or a known thing.</param>
    public static bool Begin(string text, Lexicon lexicon, Members members, bool strict)
    {
        if (Categories.WordsOf(text).Take(2).ToList() is not [var first, .. var more]) return false;
        if (!lexicon.Verbs.Contains(first)) return false;
        if (!lexicon.NounVerbs.Contains(first)) return true;
        if (more is not [var second]) return false;
        return !strict || lexicon.Determiners.Contains(second) || members.IsName(second) || lexicon.Categories.Knows(second);
    }

    /// <summary>Anywhere in the text, for languages that put it last.</summary>
    public static bool In(string text, Lexicon lexicon) => Categories.WordsOf(text).Any(lexicon.Verbs.Contains);

    public static bool Has(string text, Lexicon lexicon, Members members) =>
        Begin(text, lexicon, members, strict: false) || (lexicon.Data.VerbsLast && In(text, lexicon));

    /// <summary>What follows the verb and its particle: the thing it is about.</summary>
    public static string ObjectOf(string text, Lexicon lexicon)
    {
        var words = Categories.WordsOf(text).ToList();
        if (words is [var first, ..] && lexicon.Verbs.Contains(first)) words.RemoveAt(0);
        else if (lexicon.Data.VerbsLast && words is [.., var last] && lexicon.Verbs.Contains(last)) words.RemoveAt(words.Count - 1);
        while (words is [var particle, ..] && lexicon.Particles.Contains(particle)) words.RemoveAt(0);
        while (words is [.., var particle] && lexicon.Particles.Contains(particle)) words.RemoveAt(words.Count - 1);
        return string.Join(' ', words);
    }
}
