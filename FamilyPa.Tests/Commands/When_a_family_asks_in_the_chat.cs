using System.Text.RegularExpressions;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

public sealed class When_a_family_asks_in_the_chat(FastApp app) : AppTest<FastApp>(app)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await App.Database.ExecuteAsync("delete from tasks");
        await App.Database.ExecuteAsync("delete from chat_turns");
        await App.Database.ExecuteAsync("update family_members set opted_out_at = null");
    }

    [Fact]
    public async Task A_list_shows_what_is_open_and_done_means_its_numbers()
    {
        await AddAsync("milk", "bread", "eggs");

        var list = await AskAsync("list");
        var done = await AskAsync("done 1 and 3");
        var left = await AskAsync("What's open?");

        Assert.Equal($"Open tasks:\n1. milk\n2. bread\n3. eggs\nSend “done 1” when the first is done.\nBoard: {App.BaseUrl}/board", list);
        Assert.Equal("Done: milk\nDone: eggs", done);
        Assert.Contains("\n1. bread\n", left, StringComparison.Ordinal);
        Assert.Equal(["bread open", "eggs done", "milk done"], await TasksAsync());
    }

    [Fact]
    public async Task Numbers_mean_what_their_sender_saw_and_not_what_is_there_now()
    {
        await AddAsync("milk", "bread");
        await AskAsync("list");
        await AskAsync("list", DemoFamily.Second.Phone);
        await AskAsync("done 1", DemoFamily.Second.Phone);
        await App.Database.ExecuteAsync("update tasks set due_at = now() + interval '1 day' where title = 'bread'");

        Assert.Equal("Was done already: milk", await AskAsync("done 1"));
        Assert.Equal("Done: bread", await AskAsync("done 2"));
    }

    [Fact]
    public async Task The_numbers_of_a_reply_count_too()
    {
        await AddAsync("milk");
        await AskAsync("list");
        await AskAsync("buy flour and buy sugar");

        Assert.Matches("(?i)^Done: .*sugar", await AskAsync("done 2"));
    }

    [Fact]
    public async Task What_nobody_was_shown_is_answered_kindly()
    {
        await AddAsync("milk", "bread");

        Assert.StartsWith("In what I sent you last there is no number 2.", await AskAsync("done 2", DemoFamily.Second.Phone), StringComparison.Ordinal);
        await AskAsync("list");
        Assert.StartsWith("Done: bread\nIn what I sent you last there is no number 7, 99.", await AskAsync("done 7 2 99"), StringComparison.Ordinal);
        await App.Database.ExecuteAsync("update outbound_messages set created_at = created_at - interval '8 days'");
        Assert.StartsWith("In what I sent you last there is no number 1.", await AskAsync("done 1"), StringComparison.Ordinal);
        Assert.Equal(["bread done", "milk open"], await TasksAsync());
    }

    [Fact]
    public async Task A_task_can_be_named_if_no_other_is_meant()
    {
        await AddAsync("Buy milk", "Buy bread");

        Assert.StartsWith("I can't tell which open task you mean by “buy”.", await AskAsync("done buy"), StringComparison.Ordinal);
        Assert.Equal("Done: Buy milk", await AskAsync("done milk"));
        Assert.Equal(["Buy bread open", "Buy milk done"], await TasksAsync());
    }

    [Fact]
    public async Task Done_before_what_is_no_task_is_an_ordinary_wish()
    {
        await AddAsync("Buy milk");
        using var script = App.OpenAI.Respond(
            request => request.UserMessage.Contains("Done deal email", StringComparison.Ordinal),
            """{"tasks":[{"title":"Send the done deal email","confidence":0.95}],"clarifying_question":null,"language":"en"}""");

        Assert.StartsWith("Added 1 task:\n1. Send the done deal email", await AskAsync("Done deal email"), StringComparison.Ordinal);
        Assert.Equal("Done: Send the done deal email", await AskAsync("done deal email"));
        Assert.Equal(["Buy milk open", "Send the done deal email done"], await TasksAsync());
    }

    [Fact]
    public async Task Done_alone_is_enough_where_one_task_is_open()
    {
        await AddAsync("milk", "bread");
        await AskAsync("list");

        Assert.StartsWith("Which one is done?", await AskAsync("done"), StringComparison.Ordinal);
        await AskAsync("done 1");
        Assert.Equal("Done: bread", await AskAsync("done"));
    }

    [Fact]
    public async Task Undo_takes_back_the_last_once()
    {
        await AddAsync("milk", "bread");
        await AskAsync("list");
        await AskAsync("done 1");
        await AskAsync("done 2");

        Assert.Equal("There is nothing that I could take back.", await AskAsync("undo", DemoFamily.Second.Phone));
        Assert.Equal("Open again: bread", await AskAsync("undo"));
        Assert.Equal("There is nothing that I could take back.", await AskAsync("undo"));
        Assert.Equal(["bread open", "milk done"], await TasksAsync());
    }

    [Fact]
    public async Task Undo_makes_of_a_task_what_it_was()
    {
        await AddAsync("milk", "bread", "eggs");
        await App.Database.ExecuteAsync("update tasks set status = 'in_progress' where title = 'bread'");
        await AskAsync("list");
        await AskAsync("done 2 1");

        await AskAsync("undo");

        Assert.Equal(["bread in_progress", "eggs open", "milk open"], await TasksAsync());
    }

    [Fact]
    public async Task Undo_drops_what_a_message_added()
    {
        await AskAsync("buy milk");

        Assert.Matches("(?i)^Dropped: .*milk$", await AskAsync("undo"));
        Assert.EndsWith(" canceled", Assert.Single(await TasksAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_run_again_nothing_happens_twice()
    {
        await AddAsync("milk", "bread");
        await AskAsync("list");
        var done = await SendAsync("done 2");
        await AskAsync("undo");
        using (App.Twilio.Faults.Add(Fault.Status("messages.create", 503).Once()))
            await SendAsync("done 1");
        Assert.Equal("Open again: milk", await AskAsync("undo"));

        foreach (var phase in (string?[])[null, "finalize", "extract", "download"])
        {
            await App.ReplayAsync(new { message_sid = done, from_phase = phase });
            await App.WaitForJobAsync(done, "done");
        }

        Assert.Equal(["bread open", "milk open"], await TasksAsync());
        Assert.Equal(1, await App.CountAsync("outbound_messages", done));
        Assert.Equal(0, await App.CountAsync("ai_usage", done));
        Assert.Equal("command_done", (await App.JobAsync(done))!.Reason);
    }

    [Fact]
    public async Task A_command_that_failed_is_still_one_when_it_is_replayed()
    {
        await AddAsync("milk");
        await AskAsync("list");
        string sid;
        using (App.Twilio.Faults.Add(Fault.Status("messages.create", 503)))
        {
            sid = await App.TextAsync("done 1");
            await App.WaitForJobAsync(sid, "failed");
        }

        await App.ReplayAsync(new { message_sid = sid });

        Assert.Equal(("done", "command_done"), await App.WaitForJobAsync(sid, "done") is var job ? (job.Status, job.Reason) : default);
        Assert.Equal(["milk done"], await TasksAsync());
        Assert.Equal(0, await App.CountAsync("ai_usage", sid));
    }

    [Fact]
    public async Task Nothing_asked_for_costs_AI_or_becomes_a_task()
    {
        foreach (var body in (string[])["list", "list today", "list done", "Hilfe", "undo", "done", "done 4", "shopping list", "clear shopping list"])
        {
            var sid = await SendAsync(body);
            Assert.Equal((0, 0, 1), (await App.CountAsync("tasks", sid), await App.CountAsync("ai_usage", sid), await App.CountAsync("outbound_messages", sid)));
        }
    }

    [Fact]
    public async Task It_is_answered_in_the_language_it_is_asked_in()
    {
        await AddAsync("milk");

        Assert.StartsWith("Offene Aufgaben:\n1. milk\n", await AskAsync("Liste"), StringComparison.Ordinal);
        Assert.Equal("Erledigt: milk", await AskAsync("erledigt 1"));
        Assert.StartsWith("Dime qué hay que hacer", await AskAsync("ayuda"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Board_is_answered_with_a_link_that_is_kept_as_a_hash()
    {
        var sid = await SendAsync("board");

        var token = Token(App.Twilio.Sent[^1].Body);
        foreach (var table in await App.Database.RowsAsync("select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"))
            Assert.DoesNotContain(token, await App.Database.ScalarAsync<string?>($"select string_agg(t::text, ' ') from {table["name"]} t") ?? "", StringComparison.Ordinal);
        var timeline = (await App.AskAsync($"/api/admin/events/{sid}?reveal=true")).Body;
        Assert.Contains("/board/sign-in#link=once", timeline, StringComparison.Ordinal);
        Assert.DoesNotContain(token, timeline + App.Log, StringComparison.Ordinal);
        var hash = System.Security.Cryptography.SHA256.HashData(System.Buffers.Text.Base64Url.DecodeFromChars(token));
        var link = Assert.Single(await App.Database.RowsAsync("select user_id, used_at, expires_at < now() + interval '15 minutes' as soon from login_links where token_hash = $1", hash));
        Assert.Equal((DemoFamily.Owner.UserId, null, true), (link["user_id"], link["used_at"], link["soon"]));
    }

    [Fact]
    public async Task A_link_that_Twilio_did_not_take_is_replaced_by_one_that_works()
    {
        App.Twilio.Reset();
        using (App.Twilio.Faults.Add(Fault.Status("messages.create", 503).OnlyFor("sign-in").Once()))
            await SendAsync("board");

        var token = Token(Assert.Single(App.Twilio.Sent).Body);
        Assert.Equal(200, (await new MemberClient(App, null).PostAsync("/api/session", new { link = token })).Status);
    }

    [Theory]
    [InlineData(CutPoint.AfterEffect, "sent")]
    [InlineData(CutPoint.BeforeEffect, "uncertain")]
    public async Task A_link_whose_fate_is_not_known_is_looked_up_and_not_sent_again(CutPoint cut, string status)
    {
        App.Twilio.Reset();
        // The words of another such reply would be the same.
        await App.Database.ExecuteAsync("delete from outbound_messages");
        string sid;
        using (App.Twilio.Faults.Add(Fault.Cut("messages.create", cut).OnlyFor("sign-in").Once()))
            sid = await SendAsync("board");
        await AskAsync("help");
        await App.Database.ExecuteAsync("update outbound_messages set updated_at = updated_at - interval '5 minutes' where message_sid = $1", sid);

        await App.RunTimerAsync("Reconciler");

        Assert.Equal(status, await App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1", sid));
        Assert.Equal(status == "sent" ? 1 : 0, App.Twilio.Sent.Count(message => message.Body.Contains("sign-in", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task After_STOP_nothing_is_answered_and_no_link_is_made()
    {
        await SendAsync("STOP");
        await App.Database.ExecuteAsync("delete from login_links");

        var sid = await SendAsync("board");

        Assert.Equal("suppressed", await App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1", sid));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_links"));
    }

    [Fact]
    public async Task A_reply_that_waits_when_STOP_comes_is_not_sent()
    {
        string waiting;
        using (App.Twilio.Faults.Add(Fault.Status("messages.create", 503).OnlyFor("quinoa")))
        {
            waiting = await App.TextAsync("buy quinoa");
            await App.WaitForAsync(() => App.CountAsync("outbound_messages", waiting), count => count == 1, "the reply to wait");
            await SendAsync("STOP");
        }

        await App.WaitForJobAsync(waiting);
        Assert.DoesNotContain(App.Twilio.Sent, sent => sent.Body.Contains("quinoa", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_stranger_who_sends_STOP_is_not_answered()
    {
        const string Stranger = "+15005550123";

        var stop = await App.PostAsync(App.Form("STOP", Stranger));
        var later = await App.PostAsync(App.Form("hello?", Stranger));

        Assert.DoesNotContain("<Message>", stop.Body + later.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timer_reminds_and_done_is_the_answer()
    {
        var east = (12 - DateTime.UtcNow.Hour + 36) % 24 - 12;
        await App.Database.ExecuteAsync("update families set timezone = $1 where id = $2", east == 0 ? "Etc/GMT" : $"Etc/GMT{(east > 0 ? "-" : "+")}{Math.Abs(east)}", DemoFamily.FamilyId);
        await SendAsync("list");
        await AddAsync("call grandma");
        await App.Database.ExecuteAsync("update tasks set due_at = now() + interval '20 minutes', created_at = now() - interval '1 day', created_by = $1", DemoFamily.Owner.UserId);

        await App.StartTimerAsync("Reminders");

        await App.WaitForAsync(
            () => App.Database.ScalarAsync<long>("select count(*) from outbound_messages where kind = 'reminder' and status = 'sent'"), count => count == 1, "the reminder");
        Assert.Equal("Done: call grandma", await AskAsync("done"));
    }

    private string Token(string answer) => Regex.Match(answer, $"{Regex.Escape(App.BaseUrl)}/board/sign-in#link=([A-Za-z0-9_-]{{43}})").Groups[1].Value;

    private async Task AddAsync(params string[] titles)
    {
        foreach (var title in titles)
            await App.Database.ExecuteAsync("insert into tasks (family_id, title) values ($1, $2)", DemoFamily.FamilyId, title);
    }

    private async Task<string> SendAsync(string body, string? from = null)
    {
        var sid = await App.TextAsync(body, from);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private async Task<string> AskAsync(string body, string? from = null) => await App.Database.ScalarAsync<string>(
        "select body from outbound_messages where kind = 'reply' and message_sid = $1", await SendAsync(body, from));

    private async Task<IEnumerable<string>> TasksAsync() =>
        (await App.Database.RowsAsync("select title || ' ' || status as task from tasks order by 1")).Select(row => (string)row["task"]!);
}
