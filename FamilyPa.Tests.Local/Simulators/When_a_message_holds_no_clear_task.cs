using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

public class When_a_message_holds_no_clear_task(KeylessModel model)
{
    [Theory]
    [InlineData("hi!")]
    [InlineData("Good morning everyone")]
    [InlineData("Thanks so much :)")]
    [InlineData("👍")]
    [InlineData("see you tomorrow")]
    [InlineData("what's on tomorrow?")]
    [InlineData("I bought milk yesterday")]
    [InlineData("12345")]
    [InlineData("   \n \n")]
    public async Task Small_talk_adds_no_task(string message)
    {
        var understood = await model.AskAsync(message);

        Assert.Empty(understood.Tasks);
        Assert.Null(understood.Question);
    }

    [Theory]
    [InlineData("do the thing")]
    [InlineData("call")]
    [InlineData("do it tomorrow")]
    [InlineData("asdf")]
    public async Task A_vague_task_has_a_question(string message)
    {
        var understood = await model.AskAsync(message);

        Assert.Single(understood.Tasks);
        Assert.Equal([0.4], understood.Confidences);
        Assert.EndsWith("?", understood.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("buy milk", 0.9)]
    [InlineData("dentist on Tuesday", 0.85)]
    public async Task A_clear_task_has_none(string message, double confidence)
    {
        var understood = await model.AskAsync(message);

        Assert.Equal([confidence], understood.Confidences);
        Assert.Null(understood.Question);
    }

    public static TheoryData<string> Unusual => new(
        string.Concat(Enumerable.Repeat("a, ", 1300)),
        string.Concat(Enumerable.Repeat("buy milk and ", 300)),
        string.Concat(Enumerable.Repeat("tomorrow ", 400)),
        string.Concat(Enumerable.Repeat("🥛", 900)),
        new string('ب', 1700),
        new string('(', 3000),
        string.Concat(Enumerable.Repeat("\n- x", 900)),
        "a\u0000b",
        "\uD83E",
        "{\"tasks\":[]}",
        "[1]",
        "null");

    [Theory]
    [MemberData(nameof(Unusual))]
    public async Task Unusual_input_is_answered(string message) => Assert.InRange((await model.AskAsync(message)).Tasks.Count, 0, 20);
}
