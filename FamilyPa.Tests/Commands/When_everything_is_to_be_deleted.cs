using System.Text.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

public sealed class When_everything_is_to_be_deleted(FastApp app) : AppTest<FastApp>(app)
{
    private readonly string word = $"w{Guid.NewGuid():N}"[..9];
    private TestFamily family = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner");
    }

    [Theory]
    [InlineData("Delete everything")]
    [InlineData("delete all my tasks please")]
    public async Task One_task_is_asked_about_too(string request)
    {
        await AddAsync(1);

        Assert.Equal("Shall I? Deleted: Chore 1 (yes or no)", await SayAsync(request));
        Assert.Equal(1, await OpenAsync());
        Assert.Equal("Deleted: Chore 1", await SayAsync("yes"));
        Assert.Equal(0, await OpenAsync());
    }

    [Fact]
    public async Task All_are_counted_deleted_after_a_yes_and_restored_by_undo()
    {
        await AddAsync(60);

        Assert.EndsWith("; and 55 more (yes or no)", await SayAsync("delete everything"), StringComparison.Ordinal);
        Assert.Equal(60, await OpenAsync());
        await SayAsync("yes");
        Assert.Equal(0, await OpenAsync());
        await SayAsync("undo");
        Assert.Equal(60, await OpenAsync());
    }

    [Fact]
    public async Task A_no_deletes_nothing()
    {
        await AddAsync(3);

        await SayAsync("delete all tasks");

        Assert.Equal("All right, nothing is changed.", await SayAsync("no"));
        Assert.Equal(3, await OpenAsync());
    }

    [Fact]
    public async Task A_thumb_is_no_yes_and_gets_the_question_again()
    {
        await AddAsync(2);
        var question = await SayAsync("delete everything");

        Assert.Equal(question, await SayAsync("👍"));
        Assert.Equal(2, await OpenAsync());
    }

    [Fact]
    public async Task Only_what_was_asked_for_is_deleted()
    {
        await AddAsync(2);
        await App.Database.ExecuteAsync("update tasks set category = 'packing' where family_id = $1 and title = 'Chore 2'", family.Id);

        Assert.Equal("Shall I? Deleted: Chore 2 (yes or no)", await SayAsync("delete the whole packing list"));
        // A list that the family has not is not all lists.
        Assert.Equal("Is something missing? I could not use all of it.", await AnswerAsync(new { delete = true, category = "camping" }));
        Assert.Equal("Is something missing? I could not use all of it.", await AnswerAsync(new { delete = true, until = "soon" }));
        Assert.Equal("Nobody in your family is called Zaphod.", await AnswerAsync(new { delete = true, assignee = "Zaphod" }));
        Assert.Equal(2, await OpenAsync());
    }

    [Fact]
    public async Task An_agreement_to_something_else_is_no_agreement_to_it()
    {
        await AddAsync(2);
        await AnswerAsync(new { delete = true, until = (string?)null });
        await App.Database.ExecuteAsync("insert into tasks (family_id, title) values ($1, 'Chore 3')", family.Id);

        await AnswerAsync(new { delete = true }, confirmed: 1);

        Assert.Equal(1, await OpenAsync());
    }

    private async Task AddAsync(int count) => await App.Database.ExecuteAsync(
        "insert into tasks (family_id, title, created_by) select $1, 'Chore ' || n, $3 from generate_series(1, $2) n", family.Id, count, family.Members[0].UserId);

    private Task<long> OpenAsync() => App.Database.ScalarAsync<long>("select count(*) from tasks where family_id = $1 and status = 'open'", family.Id);

    private async Task<string> AnswerAsync(object list, int? confirmed = null)
    {
        var text = $"clear all that {word} {Guid.NewGuid():N}";
        using var script = App.OpenAI.Respond(
            request => request.UserMessage.Contains(text, StringComparison.Ordinal),
            JsonSerializer.Serialize(new { tasks = Array.Empty<object>(), changes = Array.Empty<object>(), list, confirmed, language = "en" }));
        return await SayAsync(text);
    }

    private async Task<string> SayAsync(string text)
    {
        var sid = await App.TextAsync(text, family.Members[0].Phone);
        await App.WaitForJobAsync(sid, "done");
        return await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
    }
}
