using System.Text.Json;
using System.Text.RegularExpressions;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Replies;

namespace FamilyPa.Tests.Replies;

public partial class When_a_language_is_added
{
    public static TheoryData<string> Languages => [.. Phrases.Languages];

    [Fact]
    public void There_are_eight() => Assert.Equal(["de", "en", "es", "fr", "it", "nl", "pt", "tr"], Phrases.Languages.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Languages))]
    public void It_has_every_phrase_of_the_others_with_the_same_placeholders(string language) => Assert.Equal(Texts("en"), Texts(language));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Its_words_are_known(string language)
    {
        var words = Phrases.Of(language).Commands;

        Assert.All(words.More, word => Assert.Equal(CommandKind.More, CommandReader.Read(word)?.Kind));
        Assert.All(words.Snooze, word => Assert.Equal(CommandKind.Snooze, CommandReader.Read(word)?.Kind));
        Assert.All(words.Delete, word => Assert.Equal(CommandKind.Delete, CommandReader.Read($"{word} 2")?.Kind));
        Assert.All(words.Yes, word => Assert.True(Keywords.Answer(word), word));
        Assert.All(words.No, word => Assert.False(Keywords.Answer(word), word));
        Assert.All(words.Stop, word => Assert.Equal(Keyword.Stop, Keywords.Read(word, null, isWhatsApp: true)));
    }

    [Theory]
    [InlineData("pt-BR", "pt")]
    [InlineData("pt-PT", "pt")]
    [InlineData("it-IT", "it")]
    [InlineData("nl-NL", "nl")]
    [InlineData("tr-TR", "tr")]
    [InlineData("TR", "tr")]
    [InlineData("ja-JP", "en")]
    public void A_locale_speaks_its_language(string locale, string language) => Assert.Same(Phrases.Of(language), Phrases.Of(locale));

    [Theory]
    [InlineData("TAMAMLANDI 2")]
    [InlineData("tamamlandi 2")]
    [InlineData("Tamamlandı 2")]
    public void The_Turkish_i_may_have_a_dot_or_none(string body) => Assert.Equal([2], CommandReader.Read(body)?.Numbers);

    /// <summary>The phrases' keys, each with its placeholders. Of commands and day words, which are lists, the keys alone.</summary>
    private static IEnumerable<string> Texts(string language)
    {
        using var file = typeof(Phrases).Assembly.GetManifestResourceStream($"Languages/{language}.json")!;
        return [.. Texts("", JsonSerializer.Deserialize<JsonElement>(file)).Where(key => !key.StartsWith("commands/minutes/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Texts(string path, JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject().SelectMany(property => Texts($"{path}{(path.Length > 0 ? "/" : "")}{property.Name}", property.Value))
        : [value.ValueKind == JsonValueKind.String ? $"{path} {string.Join(' ', Placeholder().Matches(value.GetString()!).Select(match => match.Value).Distinct().Order())}" : path];

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();
}
