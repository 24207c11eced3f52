using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Clarification;

public sealed class When_something_is_unclear(FastApp app) : AppTest<FastApp>(app)
{
    private static int phones;

    private readonly string phone = $"+4477009002{Interlocked.Increment(ref phones):00}";

    /// <summary>Each test has a sender of its own, for what is open with one is not open with another.</summary>
    public override async ValueTask InitializeAsync() => await App.Database.ExecuteAsync(
        "insert into family_members (family_id, display_name, phone_e164) values ($1, 'Kim', $2)", DemoFamily.FamilyId, phone);

    [Fact]
    public async Task The_answer_completes_the_task_and_makes_no_other()
    {
        var asked = await SayAsync("call");
        Assert.Contains("I'm not sure about this one.", await ReplyAsync(asked), StringComparison.Ordinal);
        Assert.True((bool)Assert.Single(await TasksAsync(asked))["needs_review"]!);

        var answer = await SayAsync("grandma, tomorrow at 3pm");

        Assert.Empty(await TasksAsync(answer));
        var task = Assert.Single(await TasksAsync(asked));
        Assert.Equal(("Call grandma", false), ((string)task["title"]!, (bool)task["needs_review"]!));
        Assert.NotNull(task["due_at"]);
        Assert.StartsWith("Thanks, now it says:\n1. Call grandma - tomorrow", await ReplyAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unrelated_message_in_between_is_a_task_of_its_own_and_leaves_the_question_open()
    {
        var asked = await SayAsync("call");
        var unrelated = await SayAsync("buy milk tomorrow");
        Assert.Equal("Buy milk", Assert.Single(await TasksAsync(unrelated))["title"]);
        Assert.True((bool)Assert.Single(await TasksAsync(asked))["needs_review"]!);

        await SayAsync("the dentist");

        Assert.Equal("Call the dentist", Assert.Single(await TasksAsync(asked))["title"]);
    }

    [Fact]
    public async Task Of_several_questions_each_is_answered_by_itself()
    {
        var first = await SayAsync("call");
        var second = await SayAsync("pay");

        await SayAsync("the plumber");
        await SayAsync("grandma");

        Assert.Equal("Pay the plumber", Assert.Single(await TasksAsync(second))["title"]);
        Assert.Equal("Call grandma", Assert.Single(await TasksAsync(first))["title"]);
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_is_dropped()
    {
        var asked = await SayAsync("call");

        var answer = await SayAsync("forget it");

        Assert.Equal("canceled", Assert.Single(await TasksAsync(asked))["status"]);
        Assert.Equal("Dropped: Call", await ReplyAsync(answer));
    }

    [Theory]
    [InlineData("grandma, tomorrow at 3pm")]
    [InlineData("forget it")]
    public async Task Undo_restores_the_task_and_the_question(string answer)
    {
        const string all = "select to_jsonb(t) - 'version' - 'updated_at' || jsonb_build_object('open', (select c.answered_by is null from clarifications c where c.task_id = t.id)) from tasks t where t.source_message_sid = $1";
        var asked = await SayAsync("call");
        var before = await App.Database.ScalarAsync<string>(all, asked);
        await SayAsync(answer);
        Assert.NotEqual(before, await App.Database.ScalarAsync<string>(all, asked));

        Assert.Equal("As it was: Call", await ReplyAsync(await SayAsync("undo")));

        Assert.Equal(before, await App.Database.ScalarAsync<string>(all, asked));
        await SayAsync("the dentist");
        Assert.Equal("Call the dentist", Assert.Single(await TasksAsync(asked))["title"]);
    }

    [Fact]
    public async Task After_half_an_hour_a_message_is_a_message_again()
    {
        var asked = await SayAsync("call");
        await App.Database.ExecuteAsync("update clarifications set asked_at = now() - interval '31 minutes' where message_sid = $1", asked);

        var late = await SayAsync("the dentist");

        Assert.Equal("Call", Assert.Single(await TasksAsync(asked))["title"]);
        Assert.NotEmpty(await TasksAsync(late));
    }

    [Fact]
    public async Task The_question_of_one_member_is_not_answered_by_another()
    {
        var asked = await SayAsync("call");

        await App.WaitForJobAsync(await App.TextAsync("the dentist", DemoFamily.Second.Phone));

        Assert.Equal("Call", Assert.Single(await TasksAsync(asked))["title"]);
    }

    [Fact]
    public async Task An_answer_that_is_replayed_changes_nothing_more()
    {
        var asked = await SayAsync("call");
        var answer = await SayAsync("grandma");
        await App.Database.ExecuteAsync("update tasks set title = 'Call grandma in Leeds' where source_message_sid = $1", asked);

        using var replay = await App.Operator.PostAsJsonAsync("api/admin/replay-webhook", new { message_sid = answer, from_phase = "extract" }, Cancellation);
        replay.EnsureSuccessStatusCode();
        await App.WaitForAsync(() => App.JobAsync(answer), job => job is { Generation: 1, Status: "done" }, "the replay");

        Assert.Empty(await TasksAsync(answer));
        Assert.Equal("Call grandma in Leeds", Assert.Single(await TasksAsync(asked))["title"]);
        Assert.Equal(1, await App.CountAsync("outbound_messages", answer));
    }

    [Fact]
    public async Task A_model_that_cannot_tell_has_the_next_message_taken_for_the_answer()
    {
        using var doubt = Answer("fence", """{"tasks":[{"title":"See to the fence","confidence":0.2}],"clarifying_question":"What is wrong with it?"}""");
        using var clear = Answer("gate", """{"tasks":[{"title":"Mend the gate of the fence","confidence":0.9}]}""");
        var asked = await SayAsync("the fence");

        var answer = await SayAsync("its gate hangs");

        Assert.Equal("Mend the gate of the fence", Assert.Single(await TasksAsync(asked))["title"]);
        Assert.Empty(await TasksAsync(answer));
    }

    [Fact]
    public async Task A_doubt_without_a_question_is_asked_about_all_the_same()
    {
        using var doubt = Answer("zeppelin", """{"tasks":[{"title":"See to the zeppelin","confidence":0.2}],"clarifying_question":null}""");

        Assert.EndsWith("I'm not sure about this one. Did I get that right?", await ReplyAsync(await SayAsync("zeppelin")), StringComparison.Ordinal);
    }

    private IDisposable Answer(string word, string content) => App.OpenAI.Respond(
        request => JsonDocument.Parse(request.UserMessage).RootElement.GetProperty("message").GetString()!.Contains(word, StringComparison.Ordinal),
        content);

    private async Task<string> SayAsync(string text)
    {
        var sid = await App.TextAsync(text, phone);
        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        return sid;
    }

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> TasksAsync(string sid) =>
        App.Database.RowsAsync("select * from tasks where source_message_sid = $1 order by ordinal", sid);

    private Task<string> ReplyAsync(string sid) =>
        App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
}
