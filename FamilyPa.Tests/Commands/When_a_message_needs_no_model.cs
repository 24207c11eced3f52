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

    [Theory]
    [InlineData("Your balance is low, please top up", true)]
    [InlineData("Solde bas", true)]
    [InlineData("Şu an meşgulüm", false)]
    public async Task The_same_text_in_quick_succession_is_said_to_be_enough_and_then_gets_no_answer_and_no_model(string text, bool isSms)
    {
        Assert.NotNull(await AnswerAsync(text, isSms));
        Assert.NotNull(await AnswerAsync(text, isSms));
        Assert.StartsWith("You have sent me that several times", await AnswerAsync(text, isSms), StringComparison.Ordinal);
        Assert.Null(await AnswerAsync(text, isSms));
        Assert.Null(await AnswerAsync(text, isSms));
        Assert.Equal(2, await App.Database.ScalarAsync<long>(
            "select count(distinct u.message_sid) from ai_usage u join inbound_messages i on i.message_sid = u.message_sid where i.body = $1", text));
        await AskAsync("buy 2 lemons", isSms);
        Assert.DoesNotContain("several times", await AskAsync(text, isSms), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("what's on tomorrow?", false, 0)]
    [InlineData("¿Qué hay para cenar mañana?", true, 0)]
    [InlineData("remind me in 2 hours to take the pill", false, 120)]
    [InlineData("Milch und Brot kaufen", true, 3)]
    public async Task A_person_may_ask_and_wish_for_the_same_again(string text, bool isSms, int minutesBetween)
    {
        for (var time = 0; time < 4; time++)
        {
            Assert.DoesNotContain("several times", await AskAsync(text, isSms), StringComparison.Ordinal);
            await App.Database.ExecuteAsync("update inbound_messages set created_at = created_at - $2 * interval '1 minute' where body = $1", text, minutesBetween);
        }
    }

    [Theory]
    [InlineData("👍", false)]
    [InlineData("👍🏽", true)]
    [InlineData("👍👍", false)]
    public async Task A_thumb_that_is_typed_means_a_reminder_or_a_notice_and_no_other_message(string thumb, bool isSms)
    {
        Assert.StartsWith("Added 1 task:", await AskAsync($"Buy {(isSms ? "tulips" : thumb.Length > 2 ? "roses" : "lilies")}", isSms), StringComparison.Ordinal);
        Assert.Null(await AnswerAsync(thumb, isSms));
        await App.Database.ExecuteAsync("delete from tasks");

        await TellAsync("reminder", isSms, "bins");
        Assert.Equal("Done: bins", await AnswerAsync(thumb, isSms));
        await App.Database.ExecuteAsync("delete from tasks");
        await TellAsync("task_notice", isSms, "parcel");
        Assert.Equal("Done: parcel", await AnswerAsync(thumb, isSms));
        await App.Database.ExecuteAsync("delete from tasks");
        await TellAsync("reminder", isSms, "car", "bike");
        Assert.Null(await AnswerAsync(thumb, isSms));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from tasks where status = 'open'"));
    }

    [Fact]
    public async Task A_thumb_that_quotes_a_message_means_it()
    {
        await AddAsync("milk");
        await AskAsync("list");
        var list = await App.Database.ScalarAsync<string>("select provider_sid from outbound_messages where kind = 'reply' order by created_at desc limit 1");
        await AskAsync("help me");

        Assert.Equal("Done: milk", await FormAsync("👍", ("OriginalRepliedMessageSid", list)));
    }

    [Theory]
    [InlineData("reminder", "👍")]
    [InlineData("task_notice", "👍🏿")]
    [InlineData("task_notice", "✅")]
    public async Task A_reaction_to_a_reminder_or_a_notice_completes_its_task(string kind, string sign)
    {
        var sid = await TellAsync(kind, isSms: false, "bread");

        Assert.Equal("Done: bread", await FormAsync(sign, ("MessageType", "reaction"), ("OriginalRepliedMessageSid", sid)));
    }

    [Fact]
    public async Task A_reaction_to_nobody_knows_what_does_nothing()
    {
        await TellAsync("reminder", isSms: false, "bread");

        Assert.Null(await FormAsync("👍", ("MessageType", "reaction")));
    }

    [Theory]
    [InlineData("later", "Which task do you mean?")]
    [InlineData("Not now, thanks", "Which task do you mean?")]
    [InlineData("später", "Welche Aufgabe meinst du?")]
    [InlineData("plus tard", "De quelle tâche parlez-vous ?")]
    [InlineData("snooze 2h", "Which task do you mean?")]
    public async Task Later_means_a_reminder_or_one_task_and_not_a_whole_list(string later, string question)
    {
        Assert.StartsWith(question, await AskAsync(later), StringComparison.Ordinal);
        await AddAsync("milk", "bread");
        await AskAsync("list");
        Assert.StartsWith(question, await AskAsync(later), StringComparison.Ordinal);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from tasks where remind_at is not null"));

        await App.Database.ExecuteAsync("delete from tasks where title = 'bread'");
        await AskAsync("list");
        await AskAsync(later);
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks where remind_at > now()"));

        await App.Database.ExecuteAsync("delete from tasks");
        await TellAsync("reminder", isSms: false, "car", "bike");
        await AskAsync(later);
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from tasks where remind_at > now()"));
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

    /// <summary>Tells the owner of new tasks.</summary>
    /// <returns>The message's SID at Twilio.</returns>
    private async Task<string> TellAsync(string kind, bool isSms, params string[] titles)
    {
        await AddAsync(titles);
        var (reference, sid) = ($"{kind}:{Guid.NewGuid()}", FamilyPaApp.NewSid());
        await App.Database.ExecuteAsync(
            "insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status, provider_sid) values ($1, $2, $3, $4, $5, 'said', 'sent', $6)",
            DemoFamily.FamilyId, reference, kind, (isSms ? "" : "whatsapp:") + DemoFamily.Owner.Phone, DemoFamily.TwilioNumber, sid);
        await App.Database.ExecuteAsync(
            "insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at) select $1, $2, $3, $4, array_agg(id), now() from tasks",
            reference, DemoFamily.FamilyId, DemoFamily.Owner.UserId, titles.Length == 1 ? "reminder" : "list");
        return sid;
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
        return await SendAsync(isSms ? App.Form(body, null, ("From", DemoFamily.Owner.Phone)) : App.Form(body, from));
    }

    private Task<string?> FormAsync(string body, params (string, string?)[] fields) => SendAsync(App.Form(body, null, fields));

    private async Task<string?> SendAsync(Dictionary<string, string> form)
    {
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
        settings["Limits__SameTextsInARow"] = "2";
        settings["Pipeline__SameWishWithin"] = "1.00:00:00";
    }
}
