namespace FamilyPa.Tests.Simulators;

public class When_a_message_holds_no_clear_task(KeylessModel model)
{
    [Theory]
    [InlineData("hi!")]
    [InlineData("Good morning everyone")]
    [InlineData("Thanks so much :)")]
    [InlineData("ok")]
    [InlineData("👍")]
    [InlineData("see you tomorrow")]
    [InlineData("I love you")]
    [InlineData("what a lovely day!")]
    [InlineData("Happy birthday Ben!")]
    [InlineData("what's on tomorrow?")]
    [InlineData("Is Ben picking up the kids?")]
    [InlineData("I bought milk yesterday")]
    [InlineData("No need to buy milk")]
    [InlineData("on my way home")]
    [InlineData("so tired today")]
    [InlineData("12345")]
    [InlineData("???")]
    [InlineData("")]
    [InlineData("   \n \n")]
    public async Task Small_talk_leaves_the_board_alone(string message)
    {
        var understood = await model.AskAsync(message);

        Assert.Empty(understood.Tasks);
        Assert.Null(understood.Question);
    }

    [Theory]
    [InlineData("do the thing")]
    [InlineData("sort that out")]
    [InlineData("call")]
    [InlineData("do it tomorrow")]
    [InlineData("asdf")]
    [InlineData("The washing machine is broken")]
    public async Task A_vague_one_is_kept_with_a_question(string message)
    {
        var understood = await model.AskAsync(message);

        Assert.Single(understood.Tasks);
        Assert.Equal([0.4], understood.Confidences);
        Assert.EndsWith("?", understood.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("buy milk", 0.95)]
    [InlineData("dentist on Tuesday", 0.85)]
    [InlineData("the car insurance", 0.8)]
    public async Task The_plainer_it_is_the_surer_it_is(string message, double confidence)
    {
        var understood = await model.AskAsync(message);

        Assert.Equal([confidence], understood.Confidences);
        Assert.Null(understood.Question);
    }

    public static TheoryData<string> Odd => new(
        string.Concat(Enumerable.Repeat("a, ", 1300)),
        string.Concat(Enumerable.Repeat("buy milk and ", 300)),
        string.Concat(Enumerable.Repeat("tomorrow ", 400)),
        string.Concat(Enumerable.Repeat("🥛", 900)),
        new string('ب', 1700),
        new string('(', 3000),
        string.Concat(Enumerable.Repeat("\n- x", 900)),
        "‮buy milk‬ tomorrow",
        "a\u0000b",
        "\uE000\uE001 buy milk \uE002",
        "\uD83E",
        "{\"tasks\":[]}");

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Whatever_is_typed_is_answered(string message) => Assert.InRange((await model.AskAsync(message)).Tasks.Count, 0, 20);
}
