using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

/// <summary>Long lists, reactions, machines that write, and wishes that are there already.</summary>
public sealed class When_a_message_needs_no_model(RepetitiveApp app) : AppTest<RepetitiveApp>(app)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await App.Database.ExecuteAsync("delete from tasks");
        await App.Database.ExecuteAsync("delete from chat_turns");
        await App.Database.ExecuteAsync("update family_members set opted_out_at = null");
    }

    [Fact]
    public async Task More_shows_the_rest_of_a_list_and_its_numbers_continue()
    {
        await AddAsync([.. Enumerable.Range(1, 45).Select(number => $"task {number}")]);

        Assert.Contains("\n20. task 20\nand 25 more: send “more”\n", await AskAsync("list"), StringComparison.Ordinal);
        Assert.StartsWith("In what I sent you last there is no number 21.", await AskAsync("done 21"), StringComparison.Ordinal);
        await App.Database.ExecuteAsync("update tasks set status = 'done' where title = 'task 22'");
        var second = await AskAsync("More");
        Assert.StartsWith("21. task 21\n23. task 23\n", second, StringComparison.Ordinal);
        Assert.Contains("\n41. task 41\nand 4 more: send “more”\n", second, StringComparison.Ordinal);
        Assert.StartsWith("42. task 42\n43. task 43\n44. task 44\n45. task 45\nSchick „erledigt 1“", await AskAsync("weiter"), StringComparison.Ordinal);
        Assert.Equal("That was all.", await AskAsync("more"));
        Assert.Equal("Done: task 3\nDone: task 45", await AskAsync("done 3 45"));
    }

    [Fact]
    public async Task Liking_a_reply_by_SMS_completes_its_one_open_task()
    {
        await AddAsync("milk");
        var list = await AskAsync("list", isSms: true);

        Assert.Null(await AnswerAsync($"Loved “{list}”"));
        Assert.Equal("open", await App.Database.ScalarAsync<string>("select status from tasks"));
        Assert.Equal("Done: milk", await AnswerAsync($"Liked “{list}”"));
        Assert.Equal("done", await App.Database.ScalarAsync<string>("select status from tasks"));
        Assert.Equal("Open again: milk", await AskAsync("undo", isSms: true));
    }

    [Fact]
    public async Task Liking_a_list_of_several_does_nothing()
    {
        await AddAsync("milk", "bread");
        var list = await AskAsync("list", isSms: true);

        Assert.Null(await AnswerAsync($"Liked “{list[..20]}…”"));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from tasks where status = 'open'"));
    }

    [Fact]
    public async Task The_third_of_the_same_texts_gets_no_answer_and_no_model()
    {
        var text = $"Your balance is low {Guid.NewGuid():N}";

        Assert.NotNull(await AnswerAsync(text));
        Assert.NotNull(await AnswerAsync(text));
        Assert.Null(await AnswerAsync(text));
        Assert.Equal(2, await App.Database.ScalarAsync<long>(
            "select count(distinct u.message_sid) from ai_usage u join inbound_messages i on i.message_sid = u.message_sid where i.body = $1", text));
    }

    [Fact]
    public async Task An_out_of_office_note_is_answered_once_and_no_model_reads_it()
    {
        Assert.StartsWith("I found nothing to do", await AnswerAsync("Automatic reply: I am away until Monday."), StringComparison.Ordinal);
        Assert.Null(await AnswerAsync("Automatic reply: I am away until Tuesday."));
        Assert.Equal(0, await App.Database.ScalarAsync<long>(
            "select count(*) from ai_usage u join inbound_messages i on i.message_sid = u.message_sid where i.body like 'Automatic reply%'"));
    }

    [Theory]
    [InlineData("72345")]
    [InlineData("MyBank")]
    public async Task A_short_code_or_a_name_gets_no_answer(string from)
    {
        var answer = await App.PostAsync(App.Form("Your code is 123", null, ("From", from), ("To", DemoFamily.TwilioNumber), ("MessageType", null), ("ProfileName", null), ("WaId", null)));

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("<Message>", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_wish_within_a_day_is_not_added_again()
    {
        Assert.StartsWith("Added 1 task:\n1. Buy butter", await AskAsync("Buy butter tomorrow"), StringComparison.Ordinal);
        var again = await AskAsync("buy  BUTTER tomorrow!", from: DemoFamily.Second.Phone);

        Assert.Equal("Already on the list: Buy BUTTER", again, ignoreCase: true);
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks"));
        Assert.StartsWith("Added 1 task:", await AskAsync("Buy butter on 5 May 2030"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_on_a_list_already_is_not_added_again_however_long_it_is_there()
    {
        await AskAsync("put milk on the shopping list");
        await App.Database.ExecuteAsync("update tasks set created_at = now() - interval '9 days', updated_at = now() - interval '9 days'");

        Assert.Equal("Already on the list: Milk", await AskAsync("please put milk on the shopping list"));
        Assert.StartsWith("Added 1 task:\n1. Milk (on the packing list)", await AskAsync("put milk on the packing list"), StringComparison.Ordinal);
        Assert.Equal("Already on the list: Milk", await AskAsync("add milk to the packing list"));

        await App.Database.ExecuteAsync("update tasks set status = 'done'");
        Assert.StartsWith("Added 1 task:", await AskAsync("add milk to the shopping list"), StringComparison.Ordinal);
    }

    private async Task AddAsync(params string[] titles)
    {
        foreach (var title in titles)
            await App.Database.ExecuteAsync("insert into tasks (family_id, title, created_at) values ($1, $2, now() - interval '2 days')", DemoFamily.FamilyId, title);
    }

    private async Task<string> AskAsync(string body, bool isSms = false, string? from = null) => await AnswerAsync(body, isSms, from) ?? throw new InvalidOperationException("No answer.");

    /// <returns>Null when the message got no answer.</returns>
    private async Task<string?> AnswerAsync(string body, bool isSms = true, string? from = null)
    {
        var form = isSms ? App.Form(body, null, ("From", DemoFamily.Owner.Phone)) : App.Form(body, from);
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        await App.WaitForJobAsync(form["MessageSid"], "done");
        var reply = Assert.Single(await App.Database.RowsAsync("select body, status from outbound_messages where message_sid = $1", form["MessageSid"]));
        return (string)reply["status"]! == "suppressed" ? null : (string)reply["body"]!;
    }
}

/// <summary>The app as it is outside of tests where the same text or wish comes again.</summary>
[ReusedApp]
public sealed class RepetitiveApp(TestEnvironment environment) : FastApp(environment)
{
    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        settings["Limits__SameTextsPerDay"] = "2";
        settings["Pipeline__SameWishWithin"] = "1.00:00:00";
    }
}
