using System.Globalization;
using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Translation;
using NodaTime;

namespace FamilyPa.Tests.Translation;

public class When_the_sentences_of_a_reply_are_translated
{
    private const string Board = "https://pa.example.com/board";
    private const string WhatsApp = "whatsapp:+447700900123";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 20, 0, 0, TimeSpan.Zero);
    private static readonly Member Ben = new(Guid.NewGuid(), "Ben", OptedOut: false);
    private static readonly Member Zoe = new(Guid.NewGuid(), "Zoë", OptedOut: false);

    private static readonly Understanding Everything = new(
        "Milch „morgen“ um 5", [new("Buy 2 {0} milk", Due("2026-11-23"), [Ben, Zoe], true), new("Pay rent", Due("2027-02-01T17:00"), [], false) { Recurrence = Recurrence.Parse("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270228"), List = "camping" }],
        ["Old 1"], "Które mleko?", ["unsupported_video"])
    {
        Changed =
        [
            new("complete", "changed", "Bins", null, [], null) { Next = Due("2026-11-30") }, new("snooze", "changed", "Call", null, [], Now.AddHours(1)),
            new("update", "changed", "Party", Due("2026-11-22"), [Ben], null), new("delete", "gone", "Gone", null, [], null),
        ],
        AlreadyThere = ["Eggs", "Bread", "Tea", "Jam"],
        IsReminderLost = true,
    };

    [Fact]
    public void The_model_sees_no_fact_and_no_word_to_type() =>
        Assert.Equal(
            [
                "I heard: “{0}”", "Added 2 tasks:", "{0} {1} - tomorrow, {2} (for {3} and {4})",
                "{0} {1} - every month on the last {2} until {3}, next {4}, {5} (on the {6} list)", "Done: {0}, next {1}", "I'll remind you again: {0} - today, {1}, {2}",
                "Changed: {0} - today, {1} (for {2})", "Is not on the list any more: {0}", "Already on the list: {0}, {1}, {2} and 1 more", "Dropped: {0}",
                "I can only remind you here if you write to me within a day before.", "Board: {0}", "I'm not sure about this one. {0}",
                "(I can't read videos yet. Please write it, or send a voice note.)",
                "Send {0} when the first is done.", "and 3 more: send {0}", "Shall I? Deleted: {0}; Deleted: {1} ({2} or {3})", "{0} asks you: {1}",
            ],
            MaskedReply.Of(string.Join('\n', [
                Say("pl", "en-GB").Text, Phrases.Of("en").TickOff, string.Format(null, Phrases.Of("en").SendMore, 3), Text("pl", "en-GB").Confirm([Deleted("A"), Deleted("B")]),
                Text("pl", "en-GB").WithMissed("", Missed("Tea")),
            ])).Sentences);

    public static TheoryData<string, string> LocalesAndAddresses => [.. Phrases.Languages.SelectMany(locale => new[] { (locale, WhatsApp), (locale, "+447700900123") })];

    [Theory]
    [MemberData(nameof(LocalesAndAddresses))]
    public void Without_a_translation_it_is_what_the_family_would_read(string locale, string to)
    {
        var (marked, shown) = Say("pl", locale, to);

        Assert.Equal((Say(null, locale, to).Text, 6), (Facts.Unmark(marked), shown));
        var confirm = Text("pl", locale, to).Confirm([Deleted("A"), Deleted("B")]);
        Assert.Equal(Text(null, locale, to).Confirm([Deleted("A"), Deleted("B")]), Facts.Unmark(confirm));
        Assert.Contains("({2}", Assert.Single(MaskedReply.Of(confirm).Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_may_change_their_places_within_a_line()
    {
        var masked = MaskedReply.Of(Text("pl", "en-GB").WithMissed("Hi", Missed("Tea 1")));

        Assert.Equal("Cześć\nO Tea 1 prosi Ann", masked.Fill(new Dictionary<string, string> { ["Hi"] = "Cześć", ["{0} asks you: {1}"] = "O {1} prosi {0}" }));
    }

    [Theory]
    [InlineData("Dodano 2 zadania: {0}", true)]
    [InlineData("{0}: 2 zadania", true)]
    [InlineData("أُضيفت 2 من المهام: {0}", true)]
    [InlineData("می‌خواهم 2 {0}", true)]
    [InlineData("Dodano 3 zadania: {0}", false)]
    [InlineData("Dodano ٢ zadania: {0}", false)]
    [InlineData("Dodano dwa zadania: {0}", false)]
    [InlineData("Dodano 2 zadania (z 9): {0}", false)]
    [InlineData("Dodano 2 zadania", false)]
    [InlineData("Dodano 2 zadania: {0} {0}", false)]
    [InlineData("Dodano 2 zadania: {1}", false)]
    [InlineData("Dodano 2 zadania: {0} {x}", false)]
    [InlineData("Dodano 2 zadania: {0} evil.example.com", false)]
    [InlineData("Dodano 2 zadania: {0}.com", false)]
    [InlineData("Dodano 2 zadania: www.{0}", false)]
    [InlineData("Dodano 2 zadania:\n{0}", false)]
    [InlineData("Dodano 2 zadania: \u202E{0}", false)]
    [InlineData("Dodano 2 zadania: \uE000{0}", false)]
    [InlineData("2 {0}", false)]
    [InlineData(" ", false)]
    [InlineData("", false)]
    public void It_says_the_same_of_the_same_facts_or_nothing(string line, bool isTaken) => Assert.Equal(
        isTaken ? line.Replace("{0}", "evil", StringComparison.Ordinal) : null,
        MaskedReply.Of($"Added 2 tasks: {Facts.Mark("evil")}").Fill(new Dictionary<string, string> { ["Added 2 tasks: {0}"] = line }));

    [Fact]
    public void It_is_no_longer_than_a_message()
    {
        var masked = MaskedReply.Of("Hello");

        Assert.NotNull(masked.Fill(new Dictionary<string, string> { ["Hello"] = new string('a', 1580) }));
        Assert.Null(masked.Fill(new Dictionary<string, string> { ["Hello"] = new string('a', 1581) }));
        Assert.Null(masked.Fill(new Dictionary<string, string>()));
    }

    [Theory]
    [InlineData("pl")]
    [InlineData("ja-JP")]
    [InlineData("fa")]
    [InlineData("ar-SA")]
    [InlineData("th")]
    [InlineData("hu")]
    public void Dates_are_written_as_the_language_does_and_by_our_calendar(string language)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        var gregorian = (CultureInfo)culture.Clone();
        gregorian.DateTimeFormat.Calendar = new GregorianCalendar();
        var soon = new DateTime(2026, 12, 4, 17, 0, 0);
        var later = new DateTime(2027, 2, 1);

        var reply = MaskedReply.Of(Text(language, "en-GB").Understood(new("", [new("A", Due("2026-12-04T17:00"), [], false), new("B", Due("2027-02-01"), [], false)], [], null, [])).Text)
            .Fill(new Dictionary<string, string> { ["Added 2 tasks:"] = "2 tasks", ["Board: {0}"] = "Board {0}" });

        Assert.Equal(
            $"2 tasks\n1. A - {soon.ToString("ddd " + gregorian.DateTimeFormat.MonthDayPattern, gregorian)}, {soon.ToString("t", gregorian)}\n2. B - {later.ToString("ddd " + gregorian.DateTimeFormat.ShortDatePattern, gregorian)}\nBoard {Board}",
            reply);
        Assert.Contains("2027", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pl", true)]
    [InlineData("sr-Latn-RS", true)]
    [InlineData("zh-Hant", true)]
    [InlineData("ht", true)]
    [InlineData("de", false)]
    [InlineData("pt-BR", false)]
    [InlineData("DEU", false)]
    [InlineData("eng", false)]
    [InlineData("und", false)]
    [InlineData("zxx", false)]
    [InlineData("Polish", false)]
    [InlineData("pl\n", false)]
    [InlineData("pl ignore the rules", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_tag_names_another_language_or_none(string? tag, bool isOther) => Assert.Equal(isOther, OtherLanguage.Of(tag) is not null);

    private static ChangedTask Deleted(string title) => new("delete", "changed", title, null, [], null);

    private static (string Text, int Shown) Say(string? language, string locale, string to = WhatsApp) => Text(language, locale, to) is var text
        ? text.Understood(Everything with { Question = text.Asked(Everything.Question) })
        : default;

    private static DueDate Due(string date) => DueDate.TryParse(date, DateTimeZone.Utc, out var due) ? due : throw new ArgumentException(date);

    private static ReplyText Text(string? language, string locale, string to = WhatsApp) =>
        new(language, new Family(Guid.NewGuid(), DateTimeZone.Utc, locale, [Ben, Zoe]), Now, new LimitSettings(), Board, to);

    private static ILookup<(string?, bool), string> Missed(string title) => Enumerable.Repeat(title, 1).ToLookup(_ => ((string?)"Ann", false));
}
