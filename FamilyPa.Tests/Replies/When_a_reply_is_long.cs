using FamilyPa.Core.Families;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Tasks;
using NodaTime;

namespace FamilyPa.Tests.Replies;

public class When_a_reply_is_long
{
    private const string Board = "https://pa.example.com/board";
    private const string Question = "Which of the two schools do you mean, the one at the lake or the one in town?";

    private static readonly Member Ben = new(Guid.NewGuid(), "Ben", OptedOut: false);
    private static readonly string LongTitle = string.Concat(Enumerable.Repeat("very ", 38)) + "long";

    [Theory]
    [InlineData("en", "whatsapp:+447700900123")]
    [InlineData("de", "+447700900123")]
    [InlineData("fr", "whatsapp:+447700900123")]
    [InlineData("tr", "+447700900123")]
    public void The_count_the_board_the_question_and_what_was_missed_stay(string language, string to)
    {
        var text = Text(language, to);
        List<UnderstoodTask> tasks = [.. Enumerable.Range(1, 60).Select(number => new UnderstoodTask($"{number} {LongTitle}", Due(), [Ben], true))];

        var (reply, shown) = text.Understood(new(new string('h', 900), tasks, [.. Titles(2)], Question, ["unsupported_video", "audio_too_long"]) { AlreadyThere = [.. Titles(20)] }, withMissed: true);
        reply = text.WithMissed(reply, Titles(30).ToLookup(_ => ((string?)null, false)));

        Assert.InRange(reply.Length, 800, 1600);
        Assert.InRange(shown, 1, 59);
        Assert.Contains("60", reply, StringComparison.Ordinal);
        Assert.Contains(string.Format(null, Phrases.Of(language, to).SendMore, 60 - shown), reply, StringComparison.Ordinal);
        Assert.Contains($"\n{shown}. {shown} very", reply, StringComparison.Ordinal);
        Assert.Contains(Board, reply, StringComparison.Ordinal);
        Assert.Contains(Question, reply, StringComparison.Ordinal);
        Assert.Contains(string.Format(null, Phrases.Of(language, to).AndMore, 27), reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Titles_are_cut_before_a_task_is_left_out()
    {
        var (reply, shown) = Text("en", "whatsapp:+447700900123").Understood(
            new("", [.. Enumerable.Range(1, 15).Select(number => new UnderstoodTask($"{number} {LongTitle}", null, [], false))], [], null, []));

        Assert.Equal(15, shown);
        Assert.InRange(reply.Length, 800, 1600);
    }

    [Fact]
    public void A_question_about_many_changes_names_the_first_and_counts_the_others()
    {
        var question = Text("en", "whatsapp:+447700900123").Confirm(Enumerable.Range(1, 50).Select(number => new ChangedTask("delete", "changed", $"{number} {LongTitle}", null, [], null)));

        Assert.InRange(question.Length, 100, 600);
        Assert.EndsWith("and 45 more (yes or no)", question, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Titles(int count) => Enumerable.Range(1, count).Select(number => $"{number} {LongTitle}");

    private static DueDate Due() => DueDate.TryParse("2026-11-28T17:00", DateTimeZone.Utc, out var due) ? due : default;

    private static ReplyText Text(string language, string to) => new(
        language, new Family(Guid.NewGuid(), DateTimeZone.Utc, "en", [Ben]), new DateTimeOffset(2026, 11, 22, 20, 0, 0, TimeSpan.Zero), new LimitSettings(), Board, to);
}
