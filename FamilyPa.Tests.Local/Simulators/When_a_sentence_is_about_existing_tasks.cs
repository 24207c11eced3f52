using System.Text.Json;
using System.Text.Json.Nodes;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

/// <summary>Ann writes on Sunday, 22 November 2026, 20:10, in London. Her family has these tasks; the dentist was shown last.</summary>
public class When_a_sentence_is_about_existing_tasks(KeylessModel model)
{
    private static readonly object[] Tasks =
    [
        new { number = 1, title = "Dentist", due_at = "2026-11-27T10:00", shown = 1 },
        new { number = 2, title = "Buy milk" },
        new { number = 3, title = "Call the plumber", due_at = "2026-11-24", assignees = new[] { "Ben" } },
        new { number = 4, title = "Buy bread" },
        new { number = 5, title = "Pick up the parcel" },
        new { number = 6, title = "Pay the school trip" },
        new { number = 7, title = "Pay the piano lesson" },
        new { number = 8, title = "Water the plants", done = true },
    ];

    [Theory]
    [InlineData("I meant Saturday", "1 update due 2026-11-28T10:00")]
    [InlineData("no, on Friday at 5", "1 update due 2026-11-27T17:00")]
    [InlineData("not Friday, Saturday", "1 update due 2026-11-28T10:00")]
    [InlineData("make it 11am", "1 update due 2026-11-27T11:00")]
    [InlineData("move the dentist to Sunday", "1 update due 2026-11-29T10:00")]
    [InlineData("Move the plumber to Thursday please", "3 update due 2026-11-26")]
    [InlineData("Ben will do it", "1 update for Ben")]
    [InlineData("Ben does the dentist", "1 update for Ben")]
    [InlineData("I'll do the plumber", "3 update for Ann")]
    [InlineData("give the parcel to Zoë", "5 update for Zoë Smith")]
    [InlineData("give the parcel to Zoë and Ben", "5 update for Zoë Smith, Ben")]
    [InlineData("Zoë and I will do the parcel", "5 update for Zoë Smith, Ann")]
    [InlineData("Zoë will help with the plumber too", "3 update for Ben, Zoë Smith")]
    [InlineData("Zoë will help too", "1 update for Zoë Smith")]
    [InlineData("the plumber came", "3 complete")]
    [InlineData("Bought the milk!", "2 complete")]
    [InlineData("I picked up the parcel", "5 complete")]
    [InlineData("done with the dentist", "1 complete")]
    [InlineData("bread is done", "4 complete")]
    [InlineData("the plants are not done after all", "8 reopen")]
    [InlineData("not milk, oat milk", "2 update title Buy oat milk")]
    [InlineData("rename milk to oat milk", "2 update title Buy oat milk")]
    [InlineData("delete milk", "2 delete")]
    [InlineData("remove milk from my list", "2 delete")]
    [InlineData("cancel the dentist", "1 delete")]
    [InlineData("forget the milk", "2 delete")]
    [InlineData("we don't need bread any more", "4 delete")]
    [InlineData("remind me again tomorrow at 9", "1 snooze at 2026-11-23T09:00")]
    [InlineData("Bought the milk. The plumber came.", "2 complete // 3 complete")]
    public async Task It_changes_them(string sentence, string changes) => Assert.Equal(changes, await AskAsync(sentence));

    [Theory]
    [InlineData("Buy butter", "new Buy butter")]
    [InlineData("Ben should take out the bins", "new Take out the bins")]
    [InlineData("cancel the gym membership", "new Cancel the gym membership")]
    [InlineData("remind me to water the garden tomorrow", "new Water the garden")]
    [InlineData("move the sofa on Sunday", "new Move the sofa")]
    [InlineData("thank you!", "")]
    public async Task A_wish_is_new(string sentence, string result) => Assert.Equal(result, await AskAsync(sentence));

    [Theory]
    [InlineData("paid it to the school", "")]
    [InlineData("delete the lesson for the trip", "Which task do you mean by “the lesson for the trip”?")]
    [InlineData("forget the payment", "Which task do you mean by “the payment”?")]
    [InlineData("cancel the pay", "Which one do you mean: Pay the school trip, Pay the piano lesson?")]
    public async Task What_cannot_be_told_apart_is_asked(string sentence, string question) => Assert.Equal(question, await AskAsync(sentence));

    [Theory]
    [InlineData("what's on tomorrow?", "2026-11-23..2026-11-23")]
    [InlineData("What's on this week?", "2026-11-22..2026-11-22")]
    [InlineData("what is on next week?", "2026-11-23..2026-11-29")]
    [InlineData("what does Ben have to do?", "Ben")]
    [InlineData("what do I have to do on Friday?", "2026-11-27..2026-11-27 Ann")]
    [InlineData("what's on the shopping list?", "shopping")]
    [InlineData("what's on the packing list?", "packing")]
    [InlineData("show me our holiday packing list", "holiday packing")]
    [InlineData("is anything due Friday?", "2026-11-27..2026-11-27")]
    [InlineData("what have we done this week?", "2026-11-22..2026-11-22 done")]
    [InlineData("Delete everything!", "delete")]
    [InlineData("please delete all my tasks", "Ann delete")]
    [InlineData("delete the whole packing list", "packing delete")]
    [InlineData("delete everything due on Friday", "2026-11-27..2026-11-27 delete")]
    public async Task A_question_or_what_is_about_all_tasks_is_a_list(string sentence, string list) => Assert.Equal($"list {list}", await AskAsync(sentence));

    [Fact]
    public async Task What_is_quoted_comes_first_then_what_the_sender_was_reminded_of()
    {
        object[] tasks = [new { number = 1, title = "Dentist", shown = 1 }, new { number = 2, title = "Buy milk", quoted = true }, new { number = 3, title = "Bins", reminded = true }];

        Assert.Equal("2 delete", await AskAsync("forget it", tasks));
        Assert.Equal("3 delete", await AskAsync("forget it", [tasks[0], tasks[2]]));
        Assert.Equal("1 delete", await AskAsync("forget it", [tasks[0]]));
    }

    private async Task<string> AskAsync(string message, object[]? tasks = null)
    {
        var input = new { now = "2026-11-22T20:10:00", time_zone = "Europe/London", locale = "en-GB", sender = "Ann", members = KeylessModel.Family, message, tasks = tasks ?? Tasks };
        var answer = JsonNode.Parse(await model.AnswerAsync(JsonSerializer.Serialize(input)))!;
        var parts = answer["changes"]!.AsArray().Select(change => string.Join(' ', ((string?[])
            [
                $"{change!["task"]} {change["operation"]}", Said(change, "title", "title"), Said(change, "due_at", "due"), Said(change, "remind_at", "at"),
                change["assignees"]!.AsArray() is { Count: > 0 } names ? $"for {string.Join(", ", names)}" : null,
            ]).OfType<string>()))
            .Concat(answer["tasks"]!.AsArray().Select(task => $"new {task!["title"]}"))
            .Append((string?)answer["clarifying_question"]).OfType<string>().ToList();
        if (answer["list"] is { } list)
        {
            parts.Add("list " + string.Join(' ', ((string?[])
                [
                    list["from"] is { } from ? $"{from}..{list["until"]}" : null, (string?)list["assignee"], (string?)list["category"], (bool)list["done"]! ? "done" : null,
                    (bool)list["delete"]! ? "delete" : null,
                ]).OfType<string>()));
        }

        return string.Join(" // ", parts);
    }

    private static string? Said(JsonNode change, string property, string name) => change[property] is { } value ? $"{name} {value}" : null;
}
