using System.Collections;
using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;
using FamilyPa.Core.Twilio;
using NodaTime;

namespace FamilyPa.Tests.Replies;

public class When_a_reply_goes_by_SMS
{
    private const string Sms = "+447700900123";
    private const string WhatsApp = "whatsapp:+447700900123";

    [Theory]
    [InlineData(160, 'a', 1)]
    [InlineData(161, 'a', 2)]
    [InlineData(306, 'a', 2)]
    [InlineData(307, 'a', 3)]
    [InlineData(80, '€', 1)]
    [InlineData(81, '€', 2)]
    [InlineData(70, 'ç', 1)]
    [InlineData(71, 'ç', 2)]
    [InlineData(134, 'ç', 2)]
    [InlineData(135, 'ç', 3)]
    public void Its_segments_are_those_that_are_charged(int length, char character, int segments) =>
        Assert.Equal(segments, SmsText.Segments(new string(character, length)));

    [Fact]
    public void Every_phrase_is_GSM_7_in_every_language_and_keeps_its_placeholders() => Assert.All(Phrases.Languages, language =>
        Assert.All(Texts(Phrases.Of(language)).Zip(Texts(Phrases.Of(language, Sms))), text =>
        {
            Assert.True(SmsText.IsGsm7(text.Second), text.Second);
            Assert.Equal(text.First.Count(character => character == '{'), text.Second.Count(character => character == '{'));
        }));

    [Theory]
    [InlineData("en", 3)]
    [InlineData("de", 3)]
    [InlineData("es", 3)]
    public void HELP_is_as_short_as_its_words(string language, int segments) => Assert.InRange(SmsText.Segments(Phrases.Of(language, Sms).Help), 1, segments);

    [Theory]
    [InlineData("en-US", "Sat, Nov 28, 5:00 PM")]
    [InlineData("es-ES", "sab 28 nov, 17:00")]
    [InlineData("de-DE", "Sa 28")]
    public void Dates_and_times_are_GSM_7(string locale, string when)
    {
        var reply = Reply(locale, Sms, "Buy milk", "2026-11-28T17:00");

        Assert.True(SmsText.IsGsm7(reply), reply);
        Assert.Contains(locale == "en-US" ? "5:00 PM" : when, reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FREQ=WEEKLY;BYDAY=SA")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,SU")]
    [InlineData("FREQ=MONTHLY;BYDAY=1TU")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270228")]
    [InlineData("FREQ=DAILY;UNTIL=20270831")]
    [InlineData("FREQ=WEEKLY;BYDAY=FR;UNTIL=20271231")]
    public void What_recurs_is_GSM_7_in_every_language(string rule) => Assert.All(
        ["en-GB", "de-DE", "es-ES", "fr-FR", "pt-BR", "pt-PT", "it-IT", "nl-NL", "tr-TR"], locale =>
        {
            var reply = Text(locale, Sms).Understood(new("", [new("Milk", null, [], false) { Recurrence = Recurrence.Parse(rule)! }], [], null, [])).Text;

            Assert.True(SmsText.IsGsm7(reply), reply);
        });

    [Fact]
    public void What_its_sender_wrote_stays_as_it_is()
    {
        Assert.Contains("“Γάλα” für Mamá…", Reply("de-DE", Sms, "“Γάλα” für Mamá…", null), StringComparison.Ordinal);
        Assert.StartsWith("He oído: «sí»", Text("es", WhatsApp).Understood(new("sí", [], [], null, [])).Text, StringComparison.Ordinal);
        Assert.StartsWith("He oido: \"sí\"", Text("es", Sms).Understood(new("sí", [], [], null, [])).Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(object phrases) => phrases.GetType().GetProperties()
        .Where(property => property.Name is not nameof(Phrases.Languages) && !property.GetMethod!.IsStatic)
        .SelectMany(property => property.GetValue(phrases) switch
        {
            string text => [text],
            IDictionary { Values: ICollection values } => values.OfType<string>(),
            _ => [],
        });

    private static string Reply(string locale, string to, string title, string? due) => Text(locale, to).Understood(new(
        "", [new(title, due is not null && DueDate.TryParse(due, DateTimeZone.Utc, out var date) ? date : null, [], false)], [], null, [])).Text;

    private static ReplyText Text(string locale, string to) => new(
        null, new Family(Guid.NewGuid(), DateTimeZone.Utc, locale, []), new DateTimeOffset(2026, 11, 22, 20, 0, 0, TimeSpan.Zero), new LimitSettings(), to: to);
}
