using System.Text;
using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Tests.Replies;

public class When_a_reply_is_composed
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 20, 0, 0, TimeSpan.Zero);
    private static readonly Member Ben = new(Guid.NewGuid(), "Ben", OptedOut: false);

    [Fact]
    public void Every_task_is_named_with_its_due_date_in_the_familys_zone() =>
        Assert.Equal(
            """
            Added 3 tasks:
            1. Buy milk - tomorrow, Mon 23 Nov
            2. Call grandma - Fri 27 Nov, 17:00
            3. Take out the bins (for Ben)
            """,
            Compose("en-GB", "en",
                new("Buy milk", Due("2026-11-23"), [], false),
                new("Call grandma", Due("2026-11-27T17:00"), [], false),
                new("Take out the bins", null, [Ben], false)));

    [Theory]
    [InlineData("en", "for Ben, Mum and Zoë")]
    [InlineData("de", "für Ben, Mum und Zoë")]
    [InlineData("es", "para Ben, Mum y Zoë")]
    [InlineData("fr", "pour Ben, Mum et Zoë")]
    [InlineData("it", "per Ben, Mum e Zoë")]
    [InlineData("nl", "voor Ben, Mum en Zoë")]
    [InlineData("pt", "para Ben, Mum e Zoë")]
    [InlineData("tr", "Ben, Mum ve Zoë için")]
    public void Everybody_whose_task_it_is_is_named(string language, string who)
    {
        Member[] all = [Ben, Ben with { Name = "Mum" }, Ben with { Name = "Zoë" }];

        Assert.EndsWith($"1. Paint the fence ({who})", Compose(language, language, new UnderstoodTask("Paint the fence", null, all, false)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_senders_language_wins_over_the_familys() =>
        Assert.StartsWith("1 Aufgabe eingetragen:\n1. Milch kaufen - morgen, Mo", Compose("en-GB", "de", new UnderstoodTask("Milch kaufen", Due("2026-11-23"), [], false)), StringComparison.Ordinal);

    [Fact]
    public void A_language_that_we_do_not_speak_gets_the_familys() =>
        Assert.StartsWith("1 tâche ajoutée", Compose("fr-FR", "ja", new UnderstoodTask("牛乳を買う", null, [], false)), StringComparison.Ordinal);

    [Fact]
    public void A_doubt_comes_with_its_question() =>
        Assert.EndsWith(
            "I'm not sure about this one. Which thing?",
            Text("en", "en").Understood(new("", [new("Do the thing", null, [], true)], [], "Which thing?", [])).Text, StringComparison.Ordinal);

    [Fact]
    public void A_long_timeline_is_cut_between_two_characters()
    {
        var reply = Text("en", "en").Understood(new("a" + string.Concat(Enumerable.Repeat("🥛", 200)), [], [], null, [])).Text;

        Assert.Contains("🥛…", reply, StringComparison.Ordinal);
        Assert.DoesNotContain(reply.EnumerateRunes(), rune => rune == Rune.ReplacementChar);
    }

    [Fact]
    public void What_was_heard_comes_first_and_what_was_left_out_last() =>
        Assert.Equal(
            """
            I heard: “water the plants”
            Added 1 task:
            1. Water the plants
            (I can't read videos yet. Please write it, or send a voice note.)
            """,
            Text("en-GB", "en").Understood(new("water the plants", [new("Water the plants", null, [], false)], [], null, ["unsupported_video"])).Text);

    [Fact]
    public void Every_language_has_a_word_for_every_reason() =>
        Assert.All(Phrases.Languages, language => Assert.All(
            ["empty_message", "unsupported_image", "image_too_large", "too_many_images", "unsupported_video", "unsupported_document", "unsupported_location", "unsupported_contact", "unsupported_audio",
                "unsupported_media", "media_too_large", "audio_too_long", "media_empty", "media_unreadable", "media_unavailable", "media_forbidden", "no_speech", "audio_too_short", "unsupported_message"],
            reason => Assert.DoesNotContain("{0}", Text(language, language).Rejected(reason), StringComparison.Ordinal)));

    [Fact]
    public void Small_talk_is_answered_with_nothing_added() =>
        Assert.Equal("I found nothing to do in that, so I added nothing.", Compose("en", "en"));

    [Fact]
    public void Another_year_is_said() =>
        Assert.Contains("Tue 5 Jan 2027", Compose("en-GB", "en", new UnderstoodTask("Renew passport", Due("2027-01-05"), [], false)), StringComparison.Ordinal);

    private static DueDate Due(string text) => DueDate.TryParse(text, TheFamily("en").TimeZone, out var due) ? due : throw new ArgumentException(text);

    private static Family TheFamily(string locale) => new(Guid.NewGuid(), DateTimeZoneProviders.Tzdb["Europe/London"], locale, [Ben]);

    private static string Compose(string locale, string language, params UnderstoodTask[] tasks) =>
        Text(locale, language).Understood(new("", tasks, [], null, [])).Text;

    private static ReplyText Text(string locale, string language) => new(language, TheFamily(locale), Now, new LimitSettings());
}
