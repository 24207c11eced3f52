using System.Text.Json;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.OpenAI;
using NodaTime;

namespace FamilyPa.Tests.Extraction;

public class When_a_model_writes_what_deceives
{
    [Theory]
    [InlineData("pay \u202Emoc.live\u202C now", "pay moc.live now")]
    [InlineData("\u2066a\u2067b\u2068c\u2069 \u200Ed\u200Fe\u061C", "abc de")]
    [InlineData("m\u200Bi\u2060l\uFEFFk\u00AD", "milk")]
    [InlineData("milk\u0000\u0007\u001b[31m\u009b", "milk[31m")]
    [InlineData("milk\r\n\u2028\u2029\u0085now", "milk now")]
    [InlineData("milk\U000E0041\U000E0042\U000E007F", "milk")]
    [InlineData("milk\uFE01\U000E0100\U000E0101\u034F\u3164\uFFA0\u115F", "milk")]
    [InlineData("\uFFF9milk\uFFFAsecret\uFFFB \uE000\uFFFF\u2065", "milksecret")]
    [InlineData("a\u200Db\u200Cc", "abc")]
    public void Invisible_and_directional_characters_are_removed(string text, string shown) => Assert.Equal(shown, ModelText.Clean(text));

    [Theory]
    [InlineData("👩‍👩‍👧‍👦 ❤️ 👍🏽 1️⃣ 🏳️‍🌈 🧑🏽‍🚀")]
    [InlineData("🇬🇧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿")]
    [InlineData("می‌خواهم")]
    [InlineData("क्‍ष ශ්‍රී")]
    [InlineData("Zoë kauft 牛乳 и хлеб")]
    public void What_a_language_or_an_emoji_needs_is_kept(string text) => Assert.Equal(text, ModelText.Clean(text));

    [Theory]
    [InlineData("Sign at https://evil.example/x?y=1#z now", "Sign at now")]
    [InlineData("Sign (http://evil.example).", "Sign .")]
    [InlineData("Go to evil.com, then home", "Go to , then home")]
    [InlineData("WWW.Evil.Example bit.ly/Abc wa.me/123 HXXP://a b", "b")]
    [InlineData("evil.co.uk:8080/a 10.0.0.1 10.0.0.1:80/x", "")]
    [InlineData("пример.рф xn--e1afmkfd.xn--p1ai 例子.中国 Evil.Com", "")]
    [InlineData("mail ben@evil.example or mailto:x or tel:123", "mail or or")]
    [InlineData("https://school.example@evil.com ftp://evil whatsapp://send?x", "")]
    public void Links_are_removed(string text, string rest) => Assert.Equal(rest, ModelText.WithoutLinks(text, new HashSet<string>()));

    [Theory]
    [InlineData("Call Dr.Smith at 9.30 or 10.30pm, z.B. 1.5 kg e.g. at St.Mary's")]
    [InlineData("buy milk.Call Ben... and so on. 牛乳を買う。卵も")]
    [InlineData("12.11.2026 v1.2 a/b c:d 5:30")]
    public void What_only_looks_like_one_is_kept(string text) => Assert.Equal(text, ModelText.WithoutLinks(text, new HashSet<string>()));

    [Fact]
    public void Only_links_that_the_sender_wrote_reach_a_task()
    {
        var words = new SenderWords("see https://school.example/form. and shop.example", Spoken: false, Forwarded: false);
        var result = Parse("Fill https://school.example/form", "shop.example, https://school.example.evil.com/form", "Is http://evil.example right?", words);

        var task = Assert.Single(result.Tasks);
        Assert.Equal(("Fill https://school.example/form", "shop.example,", "Is right?"), (task.Title, task.Notes, result.ClarifyingQuestion));
    }

    [Fact]
    public void No_link_of_a_forwarded_message_does()
    {
        var words = new SenderWords("see https://school.example/form", Spoken: false, Forwarded: true);
        var result = Parse("https://school.example/form", "Fill https://school.example/form", "Is https://school.example/form right?", words);

        var task = Assert.Single(result.Tasks);
        Assert.Equal(("…", "Fill", "Is right?"), (task.Title, task.Notes, result.ClarifyingQuestion));
    }

    [Fact]
    public void A_link_that_a_task_had_already_survives_an_answer()
    {
        var question = new OpenQuestion(Guid.NewGuid(), null, "Which?", "about", "Fill the form", "https://school.example/form", null, [], null, false);

        Assert.Equal("https://school.example/form", Parse("Fill", "https://school.example/form", null, new("the second", false, false), question).Tasks[0].Notes);
    }

    [Fact]
    public void A_link_that_is_hidden_by_invisible_characters_is_one() =>
        Assert.Equal("Go to", Parse("Go to ev\u200Bil.com", null, null, new("go", false, false)).Tasks[0].Title);

    [Fact]
    public async Task A_long_text_takes_no_long_time()
    {
        var text = string.Concat(Enumerable.Repeat("a.", 30_000)) + new string('a', 30_000) + string.Concat(Enumerable.Repeat("x@", 10_000));

        await Task.Run(() => ModelText.LinksIn(text), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static ExtractionResult Parse(string title, string? notes, string? question, SenderWords words, params OpenQuestion[] questions) => ExtractionParser.Parse(
        JsonSerializer.Serialize(new { tasks = new[] { new { title, notes, confidence = 1 } }, clarifying_question = question }), DateTimeZone.Utc, questions, words: words);
}
