using FamilyPa.Core.Extraction;
using FamilyPa.Core.OpenAI;
using NodaTime;

namespace FamilyPa.Tests.Extraction;

public class When_the_models_answer_is_read
{
    [Fact]
    public void A_whole_answer_is_taken_as_it_is()
    {
        var result = Parse("""
            {"tasks":[{"title":" Buy\n milk ","notes":"two pints","due_at":"2026-11-23","assignee":"Ben","category":"shopping","confidence":0.9}],
             "clarifying_question":null,"language":"en"}
            """);

        Assert.Equal(new ExtractedTask("Buy milk", "two pints", "2026-11-23", "Ben", "shopping", 0.9), Assert.Single(result.Tasks));
        Assert.Null(result.ClarifyingQuestion);
        Assert.Equal("en", result.Language);
    }

    [Fact]
    public void What_may_be_null_may_be_missing() =>
        Assert.Equal(
            new ExtractedTask("Buy milk", null, null, null, null, 1),
            Assert.Single(Parse("""{"tasks":[{"title":"Buy milk","confidence":1}]}""").Tasks));

    [Fact]
    public void No_tasks_is_an_answer_too() => Assert.Empty(Parse("""{"tasks":[],"clarifying_question":"Which one?"}""").Tasks);

    [Fact]
    public void A_long_title_is_cut_between_characters() =>
        Assert.Equal(199, Parse($$"""{"tasks":[{"title":"{{new string('a', 199)}}🥛","confidence":1}]}""").Tasks[0].Title.Length);

    [Theory]
    [InlineData("")]
    [InlineData("I would be glad to help!")]
    [InlineData("{\"tasks\":[{\"title\":\"Buy")]
    [InlineData("<html></html>")]
    public void What_is_not_JSON_is_an_error(string answer) =>
        Assert.Equal("ai_answer_not_json", Assert.Throws<ModelAnswerException>(() => Parse(answer)).Code);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"tasks":"none"}""")]
    [InlineData("""{"tasks":["buy milk"]}""")]
    [InlineData("""{"tasks":[{"confidence":1}]}""")]
    [InlineData("""{"tasks":[{"title":"  ","confidence":1}]}""")]
    [InlineData("""{"tasks":[{"title":7,"confidence":1}]}""")]
    [InlineData("""{"tasks":[{"title":"Buy milk"}]}""")]
    [InlineData("""{"tasks":[{"title":"Buy milk","confidence":"high"}]}""")]
    [InlineData("""{"tasks":[{"title":"Buy milk","confidence":7}]}""")]
    [InlineData("""{"tasks":[{"title":"Buy milk","confidence":1,"due_at":"soon"}]}""")]
    [InlineData("""{"tasks":[{"title":"Buy milk","confidence":1,"assignee":{}}]}""")]
    [InlineData("""{"tasks":[],"clarifying_question":["?"]}""")]
    public void What_breaks_the_schema_is_an_error(string answer) =>
        Assert.Equal("ai_answer_breaks_schema", Assert.Throws<ModelAnswerException>(() => Parse(answer)).Code);

    [Fact]
    public void A_flood_of_tasks_is_an_error() =>
        Assert.Throws<ModelAnswerException>(() =>
            Parse($$"""{"tasks":[{{string.Join(',', Enumerable.Repeat("""{"title":"x","confidence":1}""", 51))}}]}"""));

    [Fact]
    public void The_error_quotes_nothing_of_the_answer() =>
        Assert.DoesNotContain("grandma", Assert.Throws<ModelAnswerException>(() => Parse("""{"tasks":"call grandma"}""")).Message, StringComparison.Ordinal);

    private static ExtractionResult Parse(string answer) => ExtractionParser.Parse(answer, DateTimeZone.Utc, []);
}
