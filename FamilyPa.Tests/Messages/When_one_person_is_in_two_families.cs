using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Messages;

/// <summary>Somebody owns the family Smith and belongs to the family García.</summary>
public sealed class When_one_person_is_in_two_families(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily smith = null!;
    private TestFamily garcia = null!;
    private string phone = null!;
    private Guid user;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (smith, garcia) = (await App.AddFamilyAsync("owner"), await App.AddFamilyAsync("owner"));
        (phone, user) = (smith.Of("owner").Phone, smith.Of("owner").UserId);
        await NameAsync(smith, "Smith");
        await NameAsync(garcia, "García");
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name, phone_e164, created_at) values ($1, 'Kim', $2, now() + interval '1 second')", garcia.Id, phone);
    }

    [Fact]
    public async Task They_are_asked_once_and_what_waits_arrives_once_in_the_family_they_choose()
    {
        var (milk, bread, answer) = (App.Form("buy milk", phone), App.Form("buy bread", phone), App.Form("2", phone));

        Assert.Contains("You are in several families: 1 Smith, 2 García. Which one is this for?", (await App.PostAsync(milk)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<Message>", (await App.PostAsync(milk)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<Message>", (await App.PostAsync(bread)).Body, StringComparison.Ordinal);
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from family_members where user_id = $1 and last_inbound_at > now() - interval '1 minute'", user));
        Assert.Null(await App.JobAsync(milk["MessageSid"]));
        await Task.WhenAll(App.PostAsync(answer), App.PostAsync(answer));
        await App.PostAsync(answer);

        await App.WaitForJobAsync(milk["MessageSid"], "done");
        await App.WaitForJobAsync(bread["MessageSid"], "done");
        await App.WaitForJobAsync(answer["MessageSid"], "done");
        await App.PostAsync(milk);
        Assert.Equal(["Buy bread", "Buy milk"], await TitlesAsync(garcia));
        Assert.Empty(await TitlesAsync(smith));
        Assert.Equal("García: What you write now goes to this family. For another one, send its name.", await ReplyAsync(answer["MessageSid"]));
        Assert.StartsWith("García: Added 1 task:\n1. Buy milk", await ReplyAsync(milk["MessageSid"]), StringComparison.Ordinal);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task An_operator_sees_what_a_message_waits_for()
    {
        var milk = App.Form("buy milk", phone);
        await App.PostAsync(milk);

        var row = Assert.Single((await App.AskAsync($"api/admin/events?reason=which_family&phone={Uri.EscapeDataString(phone)}")).Json.GetProperty("events").EnumerateArray());
        Assert.Equal((milk["MessageSid"], "unmatched", "which_family"), (row.Text("message_sid"), row.Text("status"), row.Text("status_reason")));
        Assert.Equal([(milk["MessageSid"], "which_family")], (await App.ReplayAsync(new { message_sid = milk["MessageSid"], dry_run = true })).Outcomes());
        Assert.Equal([(milk["MessageSid"], "which_family")], (await App.ReplayAsync(new { message_sid = milk["MessageSid"] })).Outcomes());
        Assert.True((await App.AskAsync("api/admin/overview")).Json.GetProperty("which_family").GetInt32() > 0);
        await App.PostAsync(App.Form("Smith", phone));
        await App.WaitForJobAsync(milk["MessageSid"], "done");
    }

    [Fact]
    public async Task An_operator_can_bring_in_what_waits_when_its_sender_is_back_in_one_family()
    {
        var milk = App.Form("buy milk", phone);
        await App.PostAsync(milk);
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name, role) values ($1, 'Lee', 'owner')", smith.Id);
        await App.Database.ExecuteAsync("delete from family_members where user_id = $1", user);
        Assert.Equal([(milk["MessageSid"], "unknown_sender")], (await App.ReplayAsync(new { message_sid = milk["MessageSid"] })).Outcomes());
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name, phone_e164) values ($1, 'Kim', $2)", garcia.Id, phone);

        Assert.Equal([(milk["MessageSid"], "ingested")], (await App.ReplayAsync(new { message_sid = milk["MessageSid"] })).Outcomes());

        await App.WaitForJobAsync(milk["MessageSid"], "done");
        Assert.Equal(["Buy milk"], await TitlesAsync(garcia));
    }

    [Theory]
    [InlineData("GARCIA: buy milk")]
    [InlineData("  garcía , buy milk")]
    [InlineData("2 Garcia: buy milk")]
    public async Task A_family_is_chosen_by_its_name_before_the_message(string text)
    {
        var sid = await DoneAsync(text);

        Assert.Equal(["Buy milk"], await TitlesAsync(garcia));
        Assert.Equal("buy milk", await App.Database.ScalarAsync<string>("select body from inbound_messages where message_sid = $1", sid));
        Assert.Contains(text.Trim(), await App.Database.ScalarAsync<string>("select raw_payload ->> 'Body' from webhook_events where message_sid = $1", sid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_choice_stays_until_the_next()
    {
        await DoneAsync("García: buy milk");
        await DoneAsync("buy bread");
        Assert.Equal("Smith: What you write now goes to this family. For another one, send its name.", await ReplyAsync(await DoneAsync("Smith, please!")));
        await DoneAsync("buy eggs, flour");

        Assert.Equal(["Buy bread", "Buy milk"], await TitlesAsync(garcia));
        Assert.Single(await TitlesAsync(smith));
    }

    [Fact]
    public async Task On_SMS_the_name_and_the_question_stay_in_GSM_7()
    {
        var milk = App.Form("buy milk", phone, ("From", phone));
        Assert.Contains("1 Smith, 2 Garcia. Which one", (await App.PostAsync(milk)).Body, StringComparison.Ordinal);

        await App.PostAsync(App.Form("2", phone, ("From", phone)));

        await App.WaitForJobAsync(milk["MessageSid"], "done");
        Assert.StartsWith("Garcia: Added 1 task:", await ReplyAsync(milk["MessageSid"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_after_the_name_is_a_command()
    {
        await DoneAsync("García: buy milk");

        Assert.StartsWith("Smith: Nothing is open.", await ReplyAsync(await DoneAsync("Smith: list")), StringComparison.Ordinal);
        Assert.StartsWith("García: Open tasks:\n1. Buy milk", await ReplyAsync(await DoneAsync("García, list")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_goes_where_the_next_message_is_for()
    {
        var milk = await App.TextAsync("buy milk", phone);

        await DoneAsync("García: buy bread");

        await App.WaitForJobAsync(milk, "done");
        Assert.Equal(["Buy bread", "Buy milk"], await TitlesAsync(garcia));
    }

    [Fact]
    public async Task What_waits_arrives_also_when_the_app_dies_after_the_choice()
    {
        var sid = await App.TextAsync("buy milk", phone);
        await App.Database.ExecuteAsync("update family_members set chosen_at = now() where family_id = $1 and user_id = $2", garcia.Id, user);

        await App.StartTimerAsync("Sweeper");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["Buy milk"], await TitlesAsync(garcia));
    }

    [Fact]
    public async Task A_quoted_message_decides_and_the_choice_stays()
    {
        var theirs = await DoneAsync("García: buy milk");
        var ours = await App.Database.ScalarAsync<string>("select provider_sid from outbound_messages where message_sid = $1", theirs);
        await DoneAsync("Smith");

        foreach (var (text, quoted) in new[] { ("buy bread", theirs), ("buy eggs", ours) })
        {
            var form = App.Form(text, phone, ("OriginalRepliedMessageSid", quoted), ("OriginalRepliedMessageSender", "whatsapp:+15005550006"));
            Assert.Equal(200, (await App.PostAsync(form)).Status);
            await App.WaitForJobAsync(form["MessageSid"], "done");
        }

        await DoneAsync("buy flour");
        Assert.Equal(["Buy bread", "Buy eggs", "Buy milk"], await TitlesAsync(garcia));
        Assert.Equal(["Buy flour"], await TitlesAsync(smith));
    }

    [Fact]
    public async Task An_answer_belongs_to_the_family_whose_question_or_reminder_came_last()
    {
        await DoneAsync("Smith");
        var task = await App.Database.ScalarAsync<Guid>("insert into tasks (family_id, title, created_by) values ($1, 'Pay rent', $2) returning id", garcia.Id, user);
        await App.Database.ExecuteAsync(
            """
            with sent as (
              insert into outbound_messages (family_id, message_sid, kind, to_address, from_address, body, status) values ($1, $3, 'reminder', 'x', 'y', 'Reminder', 'sent'))
            insert into chat_turns (message_sid, family_id, user_id, kind, task_ids, at) values ($3, $1, $2, 'reminder', array[$4::uuid], now())
            """,
            garcia.Id, user, $"reminder:{task}", task);

        Assert.Equal("García: Done: Pay rent", await ReplyAsync(await DoneAsync("done")));

        await App.Database.ExecuteAsync(
            "insert into clarifications (family_id, user_id, message_sid, question) values ($1, $2, $3, 'Which day?')", garcia.Id, user, FamilyPaApp.NewSid());
        Assert.Equal(garcia.Id, await FamilyOfAsync(await DoneAsync("tomorrow at 3pm")));
        await DoneAsync("Smith");
        Assert.Equal(smith.Id, await FamilyOfAsync(await DoneAsync("buy milk")));
    }

    [Fact]
    public async Task STOP_and_START_count_for_both()
    {
        await DoneAsync("STOP");
        Assert.Equal(2, await OptedOutAsync());
        await DoneAsync("START");
        Assert.Equal(0, await OptedOutAsync());

        await DoneAsync("García: stop");
        Assert.Equal(2, await OptedOutAsync());
        await RemoveAsync(garcia);
        Assert.Equal(1, await OptedOutAsync());
        await DoneAsync("START");
        Assert.False(await App.Database.ScalarAsync<bool>("select has_opted_out($1)", phone));
    }

    [Fact]
    public async Task Removal_from_one_leaves_the_other_alone_and_there_is_nothing_left_to_ask()
    {
        var client = await App.SignInAsync(smith.Of("owner"));
        Assert.Equal(204, (await client.PatchAsync("/api/session", new { family_id = garcia.Id })).Status);
        var waiting = await App.TextAsync("buy milk", phone);

        await RemoveAsync(garcia);

        await App.StartTimerAsync("Sweeper");
        await App.WaitForJobAsync(waiting, "done");
        Assert.StartsWith("Added 1 task:\n1. Buy milk", await ReplyAsync(waiting), StringComparison.Ordinal);
        await DoneAsync("García: buy bread");
        Assert.Equal(2, (await TitlesAsync(smith)).Count);
        // A session that went on with the other family would write there unasked.
        Assert.Equal(401, (await client.GetAsync("/api/family")).Status);
    }

    [Fact]
    public async Task Who_has_said_stop_is_not_asked_and_loses_no_message()
    {
        await App.Database.ExecuteAsync("update family_members set opted_out_at = now() - interval '1 hour' where user_id = $1", user);

        await App.WaitForJobAsync(await App.TextAsync("buy milk", phone), "done");

        Assert.Single(await TitlesAsync(smith));
        await App.Database.ExecuteAsync("update family_members set opted_out_at = null where user_id = $1", user);
    }

    [Fact]
    public async Task A_late_choice_does_not_replace_a_newer_one()
    {
        await DoneAsync("García: buy bread");
        await App.Database.ExecuteAsync("update family_members set chosen_at = now() + interval '1 minute' where family_id = $1", garcia.Id);

        await DoneAsync("García: buy rolls");
        await App.Database.ExecuteAsync("update family_members set chosen_at = now() + interval '30 seconds' where family_id = $1", smith.Id);

        await DoneAsync("buy milk");
        Assert.Equal(3, (await TitlesAsync(garcia)).Count);
    }

    [Theory]
    [InlineData("2", "buy bread")]
    [InlineData("Done", "done 1")]
    public async Task A_text_that_is_no_name_chooses_no_family(string name, string text)
    {
        await NameAsync(garcia, name);
        await App.PostAsync(App.Form("buy milk", phone));

        await App.PostAsync(App.Form(text, phone));

        Assert.Equal(2, await WaitingAsync());
    }

    [Fact]
    public async Task A_long_name_leaves_room_for_the_message()
    {
        await NameAsync(garcia, "The house at the end of the road");

        Assert.Equal("The house at the: ", await App.Database.ScalarAsync<string>("select family_prefix($1, $2, 'x')", garcia.Id, phone));
        await DoneAsync("the house at the end of the road: buy milk");
        await DoneAsync("The house at the: buy bread");
        Assert.Equal(2, (await TitlesAsync(garcia)).Count);
    }

    [Fact]
    public async Task Families_of_one_name_are_told_apart_by_their_number()
    {
        await NameAsync(garcia, "SMITH");
        var milk = App.Form("buy milk", phone);

        Assert.Contains("1 Smith, 2 SMITH", (await App.PostAsync(milk)).Body, StringComparison.Ordinal);
        await DoneAsync("2 please");

        await App.WaitForJobAsync(milk["MessageSid"], "done");
        Assert.StartsWith("SMITH 2: Added 1 task:\n1. Buy milk", await ReplyAsync(milk["MessageSid"]), StringComparison.Ordinal);
        await DoneAsync("Smith 1: buy bread");
        Assert.Equal(["Buy bread"], await TitlesAsync(smith));
    }

    [Fact]
    public async Task Reminders_name_the_family()
    {
        foreach (var family in new[] { smith, garcia })
        {
            await App.Database.ExecuteAsync(
                "insert into tasks (family_id, title, created_by, due_at, remind_at) values ($1, 'Pay rent', $2, now() + interval '1 hour', now())", family.Id, user);
        }

        await App.Database.ExecuteAsync(
            "insert into tasks (family_id, title, created_by, due_at, remind_at) values ($1, 'Pay rent', $2, now() + interval '1 hour', now())", garcia.Id, garcia.Of("owner").UserId);
        await App.StartTimerAsync("Reminders");

        var texts = await App.WaitForAsync(() => Task.FromResult(TextsTo(phone)), texts => texts.Count == 2, "the reminders");
        Assert.Equal(["Garcia: Reminder: Pay rent", "Smith: Reminder: Pay rent"], texts.Select(text => text[..text.IndexOf(" -", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        var other = await App.WaitForAsync(() => Task.FromResult(TextsTo(garcia.Of("owner").Phone)), texts => texts.Count == 1, "the other's reminder");
        Assert.StartsWith("Reminder: Pay rent", other[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_shows_one_family_at_a_time_and_only_theirs()
    {
        var client = await App.SignInAsync(smith.Of("owner"));
        var stranger = await App.AddFamilyAsync("owner");
        await App.Database.ExecuteAsync("update sessions set family_id = $1 where user_id = $2", smith.Id, user);
        await client.PostAsync("/api/tasks", new { title = "Of the Smiths" });

        var shown = (await client.GetAsync("/api/family")).Json;
        Assert.Equal(("Smith", "García,Smith"), (shown.Text("name"), string.Join(',', shown.GetProperty("families").EnumerateArray().Select(family => family.Text("name")))));
        Assert.Equal(204, (await client.PatchAsync("/api/session", new { family_id = garcia.Id })).Status);
        await client.PostAsync("/api/tasks", new { title = "Of the Garcías" });

        Assert.Equal(("García", "member"), ((await client.GetAsync("/api/family")).Json.Text("name"), (await client.GetAsync("/api/family")).Json.GetProperty("me").Text("role")));
        Assert.Equal(["Of the Garcías"], (await client.GetAsync("/api/tasks")).Json.GetProperty("tasks").EnumerateArray().Select(task => task.Text("title")));
        Assert.Equal(404, (await client.PatchAsync("/api/session", new { family_id = stranger.Id })).Status);
        Assert.Equal(400, (await client.PatchAsync("/api/session", new { })).Status);
        var one = await App.SignInAsync(garcia.Of("owner"));
        Assert.Equal(404, (await one.PatchAsync("/api/session", new { family_id = smith.Id })).Status);
        Assert.Single((await one.GetAsync("/api/family")).Json.GetProperty("families").EnumerateArray());
        Assert.DoesNotContain("Smith", (await one.GetAsync("/api/tasks")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yes_accepts_an_invitation_unless_their_own_family_asked_later()
    {
        var (late, third) = (await App.AddFamilyAsync("owner"), await App.AddFamilyAsync("owner"));
        await DoneAsync("Smith");
        await InviteAsync(late);
        await App.Database.ExecuteAsync(
            "insert into clarifications (family_id, user_id, message_sid, question, asked_at) values ($1, $2, $3, 'Shall I?', now() + interval '1 millisecond')", smith.Id, user, FamilyPaApp.NewSid());
        Assert.Equal(smith.Id, await FamilyOfAsync(await DoneAsync("yes")));
        await App.Database.ExecuteAsync("update clarifications set answered_by = 'x' where user_id = $1", user);
        await App.Database.ExecuteAsync("update family_members set last_inbound_at = now() where user_id = $1", user);

        Assert.DoesNotContain("You are now in", (await App.PostAsync(App.Form("okay", phone))).Body, StringComparison.Ordinal);
        Assert.Contains("You are now in", (await App.PostAsync(App.Form("yes", phone))).Body, StringComparison.Ordinal);
        await InviteAsync(third);
        Assert.Contains("you do not join", (await App.PostAsync(App.Form("no thanks", phone))).Body, StringComparison.Ordinal);

        Assert.Equal(3, await App.Database.ScalarAsync<long>("select count(*) from family_members where user_id = $1", user));

        Task InviteAsync(TestFamily family) => App.Database.ExecuteAsync(
            "insert into invitations (family_id, display_name, phone_e164, asked_at) values ($1, 'Kim', $2, now())", family.Id, phone);
    }

    [Fact]
    public async Task A_number_and_an_id_stay_one_persons()
    {
        var (other, id) = (FamilyPaApp.NewPhone(), $"US.{Guid.NewGuid():N}");
        await App.Database.ExecuteAsync("update family_members set phone_e164 = $3, external_user_id = $4 where family_id = $1 and user_id = $2", smith.Id, user, other, id);
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from family_members where user_id = $1 and phone_e164 = $2 and external_user_id = $3", user, other, id));

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Database.ExecuteAsync(
            "update family_members set phone_e164 = $2 where user_id = $1", garcia.Of("owner").UserId, other));
        var third = await App.AddFamilyAsync("owner");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => App.Database.ExecuteAsync(
            "insert into family_members (family_id, display_name, phone_e164, external_user_id) values ($1, 'Kim', $2, $3)", third.Id, FamilyPaApp.NewPhone(), id));
    }

    private async Task<string> DoneAsync(string text)
    {
        var sid = await App.TextAsync(text, phone);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private Task<int> NameAsync(TestFamily family, string name) => App.Database.ExecuteAsync("update families set name = $2 where id = $1", family.Id, name);

    private Task<int> RemoveAsync(TestFamily family) => App.Database.ExecuteAsync("delete from family_members where family_id = $1 and user_id = $2", family.Id, user);

    private Task<string> ReplyAsync(string sid) => App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);

    private Task<Guid> FamilyOfAsync(string sid) => App.Database.ScalarAsync<Guid>("select family_id from inbound_messages where message_sid = $1", sid);

    private Task<long> WaitingAsync() => App.Database.ScalarAsync<long>("select count(*) from unmatched_messages where waiting_for = $1", user);

    private Task<long> OptedOutAsync() => App.Database.ScalarAsync<long>("select count(*) from family_members where user_id = $1 and opted_out_at is not null", user);

    private async Task<IReadOnlyList<string>> TitlesAsync(TestFamily family) =>
        [.. (await App.Database.RowsAsync("select title from tasks where family_id = $1 order by title", family.Id)).Select(row => (string)row["title"]!)];

    private IReadOnlyList<string> TextsTo(string to) =>
        [.. App.Twilio.Sent.Where(message => message.To.EndsWith(to, StringComparison.Ordinal) && message.Body.Contains("Pay rent", StringComparison.Ordinal)).Select(message => message.Body)];
}
