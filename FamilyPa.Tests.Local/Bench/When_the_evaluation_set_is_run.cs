using System.Text.Json;
using FamilyPa.Bench.Evaluation;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Bench;

public sealed class When_the_evaluation_set_is_run(KeylessModel model)
{
    private static readonly EvaluationSet Set = EvaluationSet.Read();

    [Fact]
    public void It_has_at_least_150_messages_each_with_an_id_of_its_own()
    {
        Assert.True(Set.Cases.Count >= 150);
        Assert.Equal(Set.Cases.Count, Set.Cases.Select(one => one.Id).Distinct().Count());
        Assert.Equal(Set.Cases.Count, Set.Cases.Select(one => one.Language + one.Message).Distinct().Count());
    }

    [Fact]
    public void It_has_messages_of_every_kind_in_the_reply_languages_and_in_three_more()
    {
        var languages = Set.Cases.GroupBy(one => one.Language).ToDictionary(group => group.Key, group => group.ToList());

        Assert.Empty(Phrases.Languages.Except(languages.Keys));
        Assert.True(languages.Keys.Except(Phrases.Languages).Count() >= 3);
        Assert.All(languages, language => Assert.Equal(
            ["correction", "errand", "health", "injection", "school", "shopping", "small_talk", "spoken", "unclear"],
            language.Value.Select(one => one.Kind).Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Its_labels_are_about_members_and_about_dates_to_come_that_are_no_doubtful_ones() => Assert.All(Set.Cases, one =>
    {
        var (family, now) = (Set.FamilyOf(one), Set.NowOf(one));
        Assert.Equal(one.Asks, one.Tasks is null);
        Assert.Equal(one.Kind == "spoken", one.Spoken);
        foreach (var task in one.Tasks ?? [])
        {
            Assert.NotEmpty(task.Words);
            Assert.True(task.Due is null || DueDate.TryParse(task.Due, family.TimeZone, out _), task.Due);
            Assert.Empty((task.Assignees ?? []).Except(family.Members.Select(member => member.Name)));
        }

        var right = new ExtractionResult(
            [.. (one.Tasks ?? []).Select(task => new ExtractedTask(string.Join(' ', task.Words), null, task.Due, task.Assignees, null, 1))], null, one.Language);
        Assert.Null(new DueDateCheck(family, now, reviewBelow: 0.6).Apply(right, one.Message, []).ClarifyingQuestion);
    });

    [Theory]
    [InlineData("oat milk", "Buy oat milk; Buy bread", 0)]
    [InlineData("oat milk", "Buy milk; Buy oat milk", 1)]
    [InlineData("kase", "Käse kaufen", 0)]
    [InlineData("tablette", "Die Tabletten nehmen", 0)]
    [InlineData("oma", "Omas Kuchen backen", null)]
    [InlineData("milk", "Buy bread", null)]
    public void A_task_is_matched_by_the_words_of_its_title(string words, string titles, int? found) => Assert.Equal(
        found, TaskMatcher.Match([new ExpectedTask(words.Split(' '))], titles.Split("; ")).Select(pair => (int?)pair.Found).SingleOrDefault());

    [Fact]
    public void Tasks_are_matched_once() =>
        Assert.Equal([(0, 0)], TaskMatcher.Match([new ExpectedTask(["milk"]), new ExpectedTask(["milk"])], ["Buy milk"]));

    [Fact]
    public async Task The_products_extractor_is_asked_and_its_answers_are_compared_and_summed_up()
    {
        await using var evaluated = EvaluatedModel.Of(model.Simulator, "chat");
        string[] some = ["en-errand-1", "en-errand-3", "en-errand-13", "de-errand-2", "en-small-talk-1", "en-unclear-1", "it-errand-1"];
        var cases = Set.Cases.Where(one => some.Contains(one.Id)).ToList();

        using var fence = model.Simulator.Respond(
            request => request.UserMessage.Contains("paint the fence", StringComparison.Ordinal),
            """{"tasks":[{"title":"Paint the fence","due_at":"2026-12-05","assignees":["Mia","alex"],"confidence":0.9}],"language":"en"}""");

        var results = await new EvaluationRun(Set, evaluated).RunAsync(cases, _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(some.Length, results.Count);
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.All(results, result => Assert.True(result is { CostUsd: > 0, Milliseconds: > 0 }));
        var milk = results.Single(result => result.Case.Id == "en-errand-1");
        Assert.Equal((1, 1, 1, false), (milk.Matched, milk.DueRight, milk.AssigneeRight, milk.Asked));
        Assert.Equal((1, 1), results.Single(result => result.Case.Id == "en-errand-13") is var painted ? (painted.Matched, painted.AssigneeRight) : default);
        Assert.True(results.Single(result => result.Case.Id == "en-unclear-1").Asked);
        var report = JsonSerializer.Serialize(new EvaluationReport(results, evaluated, isSimulator: true).ToJson());
        Assert.Contains("proves only the plumbing", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_are_shares_of_what_was_expected_and_found()
    {
        var right = Result(new ExpectedTask(["milk"]), found: 1, matched: 1, milliseconds: 10);
        var half = Result(new ExpectedTask(["bread"]), found: 2, matched: 1, milliseconds: 30) with { DueRight = 0 };
        var failed = Result(new ExpectedTask(["eggs"]), found: 0, matched: 0, milliseconds: 20) with { Error = "http_500" };

        var figures = Figures.Of([right, half, failed]);

        Assert.Equal((3, 1, 2 / 3.0, 2 / 3.0, 0.5, 1), (figures.Messages, figures.Failed, figures.Precision, figures.Recall, figures.DueExact, figures.AssigneeExact));
        Assert.Equal((20, 20, 0.03m), (figures.P50Ms, figures.P95Ms, figures.CostUsd));
    }

    private static CaseResult Result(ExpectedTask expected, int found, int matched, double milliseconds) => new(
        new EvaluationCase("x", "en", "errand", "london", "2026-12-02T09:00", "", [expected]),
        [.. Enumerable.Repeat(new FoundTask("", null, null, 1), found)], false, null, matched, matched, matched, 0.01m, milliseconds, null);
}
