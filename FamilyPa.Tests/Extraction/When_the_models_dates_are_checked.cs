using FamilyPa.Core.Extraction;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Replies;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Extraction;

/// <summary>It is Sunday, 29 November 2026, 10:00 unless a test says otherwise.</summary>
public sealed class When_the_models_dates_are_checked(KeylessModel model) : IAsyncDisposable
{
    private const string Sunday = "2026-11-29T10:00";

    private readonly ScriptedExtraction extraction = new(model);

    [Theory]
    [InlineData("en", "call grandma on Friday", "2026-12-03")]
    [InlineData("en", "FRIDAY 5pm dentist", "2026-12-05T17:00")]
    [InlineData("en", "dentist fri 4 dec", "2026-12-03")]
    [InlineData("en", "dentist on Friday 3 December", "2026-12-03")]
    [InlineData("en", "dentist on Friday the 3rd", "2026-12-03")]
    [InlineData("en", "print the A3 plan on Friday", "2026-12-03")]
    [InlineData("en", "not Monday but Tuesday: call the school", "2026-11-30")]
    [InlineData("de", "Zahnarzt am Freitag um 9 Uhr", "2026-12-03T09:00")]
    [InlineData("de", "Freitagabend Oma anrufen", "2026-12-05T19:00")]
    [InlineData("de", "Freitag morgen Müll rausbringen", "2026-11-30")]
    [InlineData("fr", "appeler mamie vendredi", "2026-12-05")]
    [InlineData("es", "llamar a la abuela el miércoles", "2026-12-03")]
    [InlineData("es", "llamar a la abuela el miercoles", "2026-12-03")]
    [InlineData("es", "el viernes a las 9 de la mañana, dentista", "2026-11-30T09:00")]
    [InlineData("it", "chiamare la nonna venerdì", "2026-12-05")]
    [InlineData("pt", "ligar à avó na sexta-feira", "2026-12-05")]
    [InlineData("nl", "oma bellen op vrijdag", "2026-12-05")]
    [InlineData("ru", "понедельник: купить молоко", "2026-12-01")]
    [InlineData("ja", "次の金曜日に歯医者", "2026-12-05")]
    [InlineData("he", "ביום שלישי רופא", "2026-12-02")]
    public async Task A_weekday_that_the_date_does_not_have_is_asked_about(string language, string message, string due)
    {
        var result = await ReadAsync(message, [due], language);

        Assert.True(Assert.Single(result.Tasks).Confidence < extraction.ReviewBelow);
        Assert.NotNull(result.ClarifyingQuestion);
    }

    [Theory]
    [InlineData("en", "call grandma on Friday", "2026-12-04")]
    [InlineData("en", "call grandma next Friday", "2026-12-11")]
    [InlineData("en", "milk on Monday and the dentist on Friday", "2026-11-30", "2026-12-04")]
    [InlineData("en", "milk tomorrow and the dentist on Friday", "2026-11-30", "2026-12-04")]
    [InlineData("en", "the dentist is on Friday, and pay the rent on 1 December", "2026-12-04", "2026-12-01")]
    [InlineData("en", "the dentist is on Friday, and change the filter at the end of the month", "2026-12-04", "2026-11-30")]
    [InlineData("en", "buy milk, and on Friday bread", null, "2026-12-04")]
    [InlineData("en", "not Monday but Tuesday: call the school", "2026-12-01")]
    [InlineData("en", "it is on Thursday instead of Friday", "2026-12-03")]
    [InlineData("en", "move the dentist from Friday to Thursday", "2026-12-03")]
    [InlineData("en", "finish the form before Friday", "2026-12-03")]
    [InlineData("en", "finish the form by Friday", "2026-12-04")]
    [InlineData("en", "between Monday and Wednesday call the bank", "2026-12-02")]
    [InlineData("en", "bins out every Monday", "2026-11-30")]
    [InlineData("en", "on Friday night at 1am pick up Ben", "2026-12-05T01:00")]
    [InlineData("en", "Friday at midnight", "2026-12-05T00:00")]
    [InlineData("en", "buy the “Blue Monday” record on 4 December", "2026-12-04")]
    [InlineData("en", "tomorrow buy \"Friday on my mind\"", "2026-11-30")]
    [InlineData("en", "in three days get the single 'Manic Monday'", "2026-12-02")]
    [InlineData("en", "buy the Sunday paper tomorrow", "2026-11-30")]
    [InlineData("en", "he sat in the sun for 3 hours, buy cream in two days", "2026-12-01")]
    [InlineData("en", "dentist in two weeks", "2026-12-13")]
    [InlineData("en", "tonight water the plants", "2026-11-29T20:00")]
    [InlineData("en", "do it right now", "2026-11-29T09:58")]
    [InlineData("en", "Domingo has to call the bank in three days", "2026-12-02")]
    [InlineData("de", "Montage der Lampe in zwei Tagen", "2026-12-01")]
    [InlineData("de", "übermorgen die Sonntagszeitung kaufen", "2026-12-01")]
    [InlineData("de", "nicht am Montag, sondern am Dienstag", "2026-12-01")]
    [InlineData("de", "vor Freitag die Steuer", "2026-12-03")]
    [InlineData("de", "am Freitag in zwei Wochen", "2026-12-11")]
    [InlineData("fr", "demain acheter le pain du dimanche", "2026-11-30")]
    [InlineData("fr", "pas lundi mais mardi", "2026-12-01")]
    [InlineData("fr", "il faut le finir avant vendredi", "2026-12-03")]
    [InlineData("es", "antes del viernes pagar la luz", "2026-12-03")]
    [InlineData("es", "no el lunes sino el martes", "2026-12-01")]
    [InlineData("es", "mañana comprar el periódico del domingo", "2026-11-30")]
    [InlineData("xx-nonsense", "call grandma on Friday", "2026-12-04")]
    public async Task A_right_date_is_not_asked_about(string language, string message, params string?[] due)
    {
        var result = await ReadAsync(message, due, language);

        Assert.All(result.Tasks, task => Assert.Equal(0.9, task.Confidence));
        Assert.Null(result.ClarifyingQuestion);
    }

    [Fact]
    public async Task Only_the_task_with_the_wrong_date_is_asked_about()
    {
        var result = await ReadAsync("milk on Monday and the dentist on Friday", ["2026-11-30", "2026-12-03"]);

        Assert.Equal([true, false], result.Tasks.Select(task => task.Confidence >= extraction.ReviewBelow));
        Assert.Equal("Task 2: I noted Thu 3 Dec, but you named another weekday. Which day do you mean?", result.ClarifyingQuestion);
    }

    [Theory]
    [InlineData("en", "en-GB", "I noted Fri 4 Dec, but you named another weekday")]
    [InlineData("de", "de-DE", "Ich habe Fr 4 Dez.")]
    [InlineData("fr", "fr-FR", "j'ai noté ven. 4 déc.")]
    [InlineData("es", "es-ES", "anoté vie 4 dic")]
    [InlineData("pl", "de-DE", "Ich habe Fr 4 Dez.")]
    public async Task It_is_asked_in_the_senders_language(string language, string locale, string question) =>
        Assert.Contains(question, Facts.Unmark((await ReadAsync("Monday, Montag, lundi, lunes", ["2026-12-04"], language, locale)).ClarifyingQuestion!), StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-11-28")]
    [InlineData("2026-11-29T00:30")]
    [InlineData("2026-11-29T09:54")]
    [InlineData("2025-12-04T10:00")]
    [InlineData("2026-11-29T09:00:00Z")]
    public async Task What_is_over_is_asked_about(string due)
    {
        var result = await ReadAsync("call grandma", [due]);

        Assert.True(result.Tasks[0].Confidence < extraction.ReviewBelow);
        Assert.EndsWith("which is over. When is it due?", result.ClarifyingQuestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-29")]
    [InlineData("2026-11-29T10:00")]
    [InlineData("2027-11-28")]
    public async Task What_is_due_today_or_later_is_not(string due) => Assert.Null((await ReadAsync("call grandma", [due])).ClarifyingQuestion);

    [Theory]
    [InlineData("Europe/London", "2026-03-29T01:30")]
    [InlineData("America/New_York", "2026-03-08T02:00")]
    [InlineData("America/Santiago", "2026-09-06T00:30")]
    [InlineData("Africa/Cairo", "2026-04-24T00:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-04T02:15")]
    public async Task A_time_that_the_clocks_skip_is_asked_about(string zone, string due)
    {
        var result = await AtStartOf2026Async(zone, due);

        Assert.True(result.Tasks[0].Confidence < extraction.ReviewBelow);
        Assert.Contains("skipped when the clocks go forward", result.ClarifyingQuestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/London", "2026-10-25T01:30")]
    [InlineData("America/New_York", "2026-11-01T01:00")]
    [InlineData("America/Santiago", "2026-04-04T23:30")]
    [InlineData("Africa/Cairo", "2026-10-29T23:59")]
    [InlineData("Australia/Lord_Howe", "2026-04-05T01:45")]
    public async Task A_time_that_comes_twice_is_asked_about(string zone, string due)
    {
        var result = await AtStartOf2026Async(zone, due);

        Assert.True(result.Tasks[0].Confidence < extraction.ReviewBelow);
        Assert.Contains("comes twice when the clocks go back", result.ClarifyingQuestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/London", "2026-03-29", "2026-03-29T02:00", "2026-10-25", "2026-10-25T02:00", "2026-10-25T00:59", "2026-10-25T01:30:00+00:00")]
    [InlineData("America/New_York", "2026-03-08", "2026-03-08T03:00", "2026-11-01", "2026-11-01T02:00", "2026-11-01T00:59", "2026-11-01T01:30-05:00")]
    [InlineData("America/Santiago", "2026-09-05", "2026-09-06", "2026-09-06T01:00", "2026-04-04", "2026-04-05T00:00", "2026-04-04T23:30-04:00")]
    [InlineData("Africa/Cairo", "2026-04-23", "2026-04-24", "2026-04-24T01:00", "2026-10-29", "2026-10-29T22:59", "2026-10-30T00:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-04", "2026-10-04T02:30", "2026-10-04T01:59", "2026-04-05", "2026-04-05T02:00", "2026-04-05T01:29")]
    public async Task What_comes_once_beside_a_change_of_clocks_is_not(string zone, params string[] due) =>
        Assert.Null((await AtStartOf2026Async(zone, due)).ClarifyingQuestion);

    [Fact]
    public async Task A_date_that_the_sender_was_shown_and_has_confirmed_is_not_asked_about_again()
    {
        const string Past = "2026-11-29T09:00";
        var question = new OpenQuestion(
            Guid.NewGuid(), Guid.NewGuid(), "When?", "call grandma", "Task 1", null, null, [], new DateTimeOffset(2026, 11, 29, 9, 0, 0, TimeSpan.Zero), false);

        Assert.Null((await extraction.ReadAsync("yes, not Friday", "Europe/London", Sunday, [Past], question: question)).ClarifyingQuestion);
        Assert.NotNull((await extraction.ReadAsync("yes", "Europe/London", Sunday, ["2026-11-29T08:00"], question: question)).ClarifyingQuestion);
    }

    [Fact]
    public async Task The_models_own_question_about_a_doubtful_task_is_enough() =>
        Assert.Equal("Which Friday?", (await extraction.ReadAsync(
            "Friday", "Europe/London", Sunday, ["2026-12-03"], clarifyingQuestion: "Which Friday?", confidence: 0.3)).ClarifyingQuestion);

    [Fact]
    public async Task The_models_question_about_something_else_is_asked_as_well() =>
        Assert.StartsWith("Which grandma? Task 1: I noted Thu 3 Dec,", (await extraction.ReadAsync(
            "Friday", "Europe/London", Sunday, ["2026-12-03"], clarifyingQuestion: "Which grandma?")).ClarifyingQuestion, StringComparison.Ordinal);

    [Fact]
    public async Task The_model_is_given_todays_and_the_next_14_dates_with_their_weekdays()
    {
        await extraction.ReadAsync("hello", "Pacific/Auckland", "2027-03-28T23:30", []);

        var days = extraction.Sent.GetProperty("days").EnumerateArray().ToList();
        Assert.Equal(
            Enumerable.Range(0, 15).Select(i => new DateOnly(2027, 3, 28).AddDays(i)).Select(date => $"{date:yyyy-MM-dd} {date.DayOfWeek}"),
            days.Select(day => $"{day.GetProperty("date")} {day.GetProperty("weekday")}"));
        // The first Sunday of April is when New Zealand's clocks go back.
        var changes = Assert.Single(days, day => day.TryGetProperty("utc_offsets", out _));
        Assert.Equal("2027-04-04", changes.GetProperty("date").GetString());
        Assert.Equal(["+13:00", "+12:00"], changes.GetProperty("utc_offsets").EnumerateArray().Select(offset => offset.GetString()));
    }

    public ValueTask DisposeAsync() => extraction.DisposeAsync();

    private Task<ExtractionResult> ReadAsync(string message, string?[] due, string language = "en", string locale = "en-GB") =>
        extraction.ReadAsync(message, "Europe/London", Sunday, due, language, locale);

    private Task<ExtractionResult> AtStartOf2026Async(string zone, params string[] due) => extraction.ReadAsync("call grandma", zone, "2026-01-01T10:00", due);
}
