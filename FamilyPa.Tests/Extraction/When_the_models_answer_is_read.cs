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

        var task = Assert.Single(result.Tasks);
        Assert.Equal(["Ben"], task.Assignees!);
        Assert.Equal(new ExtractedTask("Buy milk", "two pints", "2026-11-23", task.Assignees, "shopping", 0.9), task);
        Assert.Null(result.ClarifyingQuestion);
        Assert.Equal("en", result.Language);
    }

    [Theory]
    [InlineData("\"assignees\":[\"Ben\",\" Mum \",\"Ben\",null,7]", "Ben, Mum")]
    [InlineData("\"assignees\":\"Ben\"", "Ben")]
    [InlineData("\"assignee\":\"Ben\"", "Ben")]
    [InlineData("\"assignees\":[]", null)]
    [InlineData("\"assignees\":{}", null)]
    public void Assignees_are_a_list_of_names_or_one(string assignees, string? read)
    {
        var task = Assert.Single(Parse($$"""{"tasks":[{"title":"Paint the fence","confidence":1,{{assignees}}}]}""").Tasks);

        Assert.Equal(read, task.Assignees is null ? null : string.Join(", ", task.Assignees));
    }

    [Fact]
    public void The_same_for_the_same_people_is_one_task()
    {
        var result = Parse("""
            {"tasks":[{"title":"Paint the fence","assignees":["Ben","Mum"],"confidence":1},{"title":"paint the fence","assignees":["Ben","Mum"],"confidence":1},
                      {"title":"Paint the fence","assignees":["Ben"],"confidence":1}]}
            """);

        Assert.Equal(2, result.Tasks.Count);
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
    public void What_has_no_list_of_tasks_is_an_error(string answer) =>
        Assert.Equal("ai_answer_breaks_schema", Assert.Throws<ModelAnswerException>(() => Parse(answer)).Code);

    [Theory]
    [InlineData("\"buy milk\"")]
    [InlineData("null")]
    [InlineData("""{"confidence":1}""")]
    [InlineData("""{"title":"  ","confidence":1}""")]
    [InlineData("""{"title":7,"confidence":1}""")]
    [InlineData("""{"title":"\ud83e","confidence":1}""")]
    public void What_is_no_task_is_left_out_and_said(string other)
    {
        var result = Parse($$"""{"tasks":[{{other}},{"title":"Buy milk","confidence":1}]}""");

        Assert.Equal("Buy milk", Assert.Single(result.Tasks).Title);
        Assert.True(result.IsIncomplete);
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("\"next Friday\"")]
    [InlineData("\"2026-12-4\"")]
    [InlineData("\"2026-12-04T9:00\"")]
    [InlineData("\"2026-12-04T09:00+0100\"")]
    [InlineData("\"2026-02-30\"")]
    [InlineData("20261204")]
    [InlineData("{}")]
    public void A_due_date_that_is_none_leaves_the_task_without_one(string due)
    {
        var task = Assert.Single(Parse($$"""{"tasks":[{"title":"Buy milk","confidence":1,"due_at":{{due}}}]}""").Tasks);

        Assert.Null(task.DueAt);
        Assert.True(task.HasUnreadableDue);
    }

    [Theory]
    [InlineData("\"null\"")]
    [InlineData("\"none\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void A_word_for_no_date_is_no_date(string due) =>
        Assert.False(Assert.Single(Parse($$"""{"tasks":[{"title":"Buy milk","confidence":1,"due_at":{{due}}}]}""").Tasks).HasUnreadableDue);

    [Theory]
    [InlineData("")]
    [InlineData(",\"confidence\":\"high\"")]
    [InlineData(",\"confidence\":7")]
    public void A_confidence_that_is_none_counts_as_unsure(string confidence) =>
        Assert.Equal(0, Assert.Single(Parse($$"""{"tasks":[{"title":"Buy milk"{{confidence}}}]}""").Tasks).Confidence);

    [Fact]
    public void Other_fields_of_the_wrong_kind_count_as_missing()
    {
        var result = Parse("""{"tasks":[{"title":"Buy milk","confidence":1,"assignee":{},"notes":["x"],"category":3}],"clarifying_question":["?"],"language":7}""");

        Assert.Equal(new ExtractedTask("Buy milk", null, null, null, null, 1), Assert.Single(result.Tasks));
        Assert.Equal((null, null), (result.ClarifyingQuestion, result.Language));
    }

    [Fact]
    public void Of_more_than_200_tasks_the_first_200_are_taken()
    {
        var result = Parse($$"""{"tasks":[{{string.Join(',', Enumerable.Range(1, 201).Select(n => $$"""{"title":"item {{n}}","confidence":1}"""))}}]}""");

        Assert.Equal(200, result.Tasks.Count);
        Assert.True(result.IsIncomplete);
    }

    [Fact]
    public void What_is_given_twice_is_one_task() =>
        Assert.Equal(
            ["Buy milk", "Buy milk"],
            Parse("""
                {"tasks":[{"title":"Buy milk","confidence":1},{"title":"buy milk","confidence":0.8},{"title":"Buy milk.","confidence":0.9},{"title":"Buy milk","due_at":"2026-12-04","confidence":1}]}
                """).Tasks.Select(task => task.Title));

    [Fact]
    public void The_error_quotes_nothing_of_the_answer() =>
        Assert.DoesNotContain("grandma", Assert.Throws<ModelAnswerException>(() => Parse("""{"tasks":"call grandma"}""")).Message, StringComparison.Ordinal);

    private static ExtractionResult Parse(string answer) => ExtractionParser.Parse(answer, DateTimeZone.Utc, []);
}
