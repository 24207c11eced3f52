using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

/// <summary>A conversation with a scripted model: what it says is done to tasks that it was shown, and to no others.</summary>
public sealed class When_a_message_changes_tasks(FastApp app) : AppTest<FastApp>(app)
{
    private static int phones;

    private readonly string phone = $"+4477009004{Interlocked.Increment(ref phones):00}";
    private readonly string word = $"w{Guid.NewGuid():N}"[..9];
    private readonly Dictionary<Guid, string> titles = [];
    private object[] created = [];
    private JsonElement sent;

    private string Name => $"Kim {word}";

    public override async ValueTask InitializeAsync()
    {
        // A family has 50 members at most.
        await App.Database.ExecuteAsync("delete from family_members where display_name like 'Kim w%'");
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name, phone_e164) values ($1, $3, $2)", DemoFamily.FamilyId, phone, Name);
    }

    [Fact]
    public async Task A_correction_changes_the_task_and_undo_restores_it()
    {
        var dentist = await AddAsync("Dentist", due: "2030-05-03T10:00");

        var moved = await ChangeAsync("I meant Saturday", number => new { task = number, operation = "update", due_at = "2030-05-04T10:00", confidence = 0.9 });

        Assert.StartsWith($"Changed: Dentist {word} - Sat 4 May 2030", await ReplyAsync(moved), StringComparison.Ordinal);
        Assert.Equal("2030-05-04", await DayAsync(dentist));
        Assert.True(await App.Database.ScalarAsync<bool>("select remind_at = due_at from tasks where id = $1", dentist));

        Assert.Equal($"As it was: Dentist {word}", await SayAsync("undo"));
        Assert.Equal("2030-05-03", await DayAsync(dentist));
        Assert.True(await App.Database.ScalarAsync<bool>("select remind_at = due_at from tasks where id = $1", dentist));
    }

    [Fact]
    public async Task Several_operations_take_effect_together_with_new_tasks()
    {
        var milk = await AddAsync("Buy milk");
        var plumber = await AddAsync("Call the plumber");

        var sid = await SendAsync("the plumber came, not milk but oat milk, and buy bread", Answer(
            [new { title = $"Buy bread {word}", confidence = 0.9 }],
            new { task = Number(plumber), operation = "complete", confidence = 0.9 },
            new { task = Number(milk), operation = "update", title = $"Buy oat milk {word}", confidence = 0.9 }));

        Assert.Equal(("done", $"Buy oat milk {word}"), (await StatusAsync(plumber), await TitleAsync(milk)));
        var reply = await ReplyAsync(sid);
        Assert.Contains($"Done: Call the plumber {word}", reply, StringComparison.Ordinal);
        Assert.Contains($"Buy bread {word}", reply, StringComparison.Ordinal);

        await SayAsync("undo");
        Assert.Equal(("open", $"Buy milk {word}"), (await StatusAsync(plumber), await TitleAsync(milk)));
        Assert.Equal("canceled", await App.Database.ScalarAsync<string>("select status from tasks where source_message_sid = $1", sid));
    }

    [Fact]
    public async Task Undo_leaves_what_somebody_has_changed_since()
    {
        var milk = await AddAsync("Buy milk");
        await ChangeAsync("oat milk", number => new { task = number, operation = "update", title = $"Buy oat milk {word}", confidence = 0.9 });
        await App.Database.ExecuteAsync("update tasks set title = 'Buy soy milk' where id = $1", milk);

        await SayAsync("undo");

        Assert.Equal("Buy soy milk", await TitleAsync(milk));
    }

    [Theory]
    [InlineData("""{"task":99,"operation":"delete","confidence":1}""")]
    [InlineData("""{"task":0,"operation":"delete","confidence":1}""")]
    [InlineData("""{"task":"1","operation":"delete","confidence":1}""")]
    [InlineData("""{"task":1,"operation":"explode","confidence":1}""")]
    [InlineData("""{"task":1,"operation":"update","confidence":1}""")]
    [InlineData("""{"task":1,"operation":"update","due_at":"soon","confidence":1}""")]
    [InlineData("""{"task":1,"operation":"snooze","confidence":1}""")]
    [InlineData("""{"operation":"complete","confidence":1}""")]
    public async Task An_operation_that_is_none_changes_nothing_and_is_said(string change)
    {
        var milk = await AddAsync("Buy milk");
        var before = await App.Database.ScalarAsync<int>("select version from tasks where id = $1", milk);

        var sid = await SendAsync("do something", new JsonArray(JsonNode.Parse(change)));

        Assert.Equal(before, await App.Database.ScalarAsync<int>("select version from tasks where id = $1", milk));
        Assert.Contains("I could not use all of it", await ReplyAsync(sid), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("complete", "delete")]
    [InlineData("complete", "reopen")]
    [InlineData("delete", "snooze")]
    public async Task Operations_that_contradict_each_other_change_nothing_and_are_said(string one, string other)
    {
        var milk = await AddAsync("Buy milk");
        var at = "2030-05-03T10:00";

        var sid = await SendAsync("hm", Answer(
            [], new { task = Number(milk), operation = one, remind_at = at, confidence = 1 }, new { task = Number(milk), operation = other, remind_at = at, confidence = 1 }));

        Assert.Equal("open", await StatusAsync(milk));
        Assert.Equal("Is something missing? I could not use all of it.", await ReplyAsync(sid));
    }

    [Fact]
    public async Task Nobody_known_by_that_name_is_asked_about_and_gets_nothing()
    {
        var milk = await AddAsync("Buy milk");

        var sid = await SendAsync("Zaphod will do it", Answer([], new { task = Number(milk), operation = "update", assignee = "Zaphod", confidence = 1 }));

        Assert.Equal("Nobody in your family is called Zaphod.", await ReplyAsync(sid));
        Assert.Equal(1, await App.Database.ScalarAsync<int>("select version from tasks where id = $1", milk));
    }

    [Fact]
    public async Task A_name_that_a_model_made_up_brings_no_link_and_nothing_invisible_into_the_reply()
    {
        var milk = await AddAsync("Buy milk");

        var sid = await SendAsync("someone will do it", Answer(
            [], new { task = Number(milk), operation = "update", assignee = "Zap\u202Ehod https://evil.com/x", confidence = 1 }));

        Assert.Equal("Nobody in your family is called Zaphod.", await ReplyAsync(sid));
        Assert.Equal("Nobody in your family is called ….", await ReplyAsync(await SendAsync("what does he do?", [], list: new { assignee = "evil.com", done = false })));
    }

    [Fact]
    public async Task A_new_task_for_nobody_known_is_kept_and_asked_about()
    {
        created = [new { title = $"Fetch the parcel {word}", assignee = "Zaphod", confidence = 0.95 }];

        var sid = await SendAsync("Zaphod fetches the parcel", []);

        Assert.Contains("Nobody in your family is called Zaphod.", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.True(await App.Database.ScalarAsync<bool>("select needs_review from tasks where source_message_sid = $1", sid));
    }

    [Theory]
    [InlineData("soon", null, "When should I remind you of")]
    [InlineData("2030-05-03", null, "When should I remind you of")]
    [InlineData("2020-05-03T09:00", null, "When should I remind you of")]
    [InlineData("2126-05-03T09:00", null, "When should I remind you of")]
    [InlineData(null, "2126-05-03", "which is very far away")]
    public async Task A_reminder_that_cannot_come_or_a_date_far_away_is_asked_about(string? remind, string? due, string question)
    {
        created = [new { title = $"Dentist {word}", due_at = due ?? "2030-05-04T10:00", remind_at = remind, confidence = 0.95 }];

        var sid = await SendAsync("remind me of the dentist", []);

        Assert.Contains(question, await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.True(await App.Database.ScalarAsync<bool>("select needs_review and (remind_at is null or remind_at = due_at) from tasks where source_message_sid = $1", sid));
    }

    [Fact]
    public async Task A_list_that_is_asked_for_with_something_else_follows_it_and_its_numbers_count()
    {
        var (milk, bread) = (await AddAsync("Buy milk", due: "2030-06-03"), await AddAsync("Buy bread", due: "2030-06-04"));
        created = [new { title = $"Buy eggs {word}", due_at = "2030-06-04", confidence = 0.95 }];

        var sid = await SendAsync("bought milk, add eggs, what's left then?", new JsonArray(JsonSerializer.SerializeToNode(new { task = Number(milk), operation = "complete", confidence = 1 })),
            list: new { from = "2030-06-03", until = "2030-06-04", done = false });

        var reply = await ReplyAsync(sid);
        Assert.Contains($"Done: Buy milk {word}", reply, StringComparison.Ordinal);
        Assert.Contains($"1. Buy bread {word}", reply, StringComparison.Ordinal);
        Assert.Contains($"2. Buy eggs {word}", reply, StringComparison.Ordinal);
        Assert.Equal($"Done: Buy bread {word}", await SayAsync("done 1"));
        await SayAsync("undo");
        Assert.True(await App.Database.ScalarAsync<bool>("select completed_by is null from tasks where id = $1", bread));
        await App.Database.ExecuteAsync("update chat_turns set kind = 'undo' where kind = 'done' and message_sid in (select message_sid from inbound_messages where from_phone = $1)", phone);
        await SayAsync("undo");
        Assert.Equal(("open", "open"), (await StatusAsync(milk), await StatusAsync(bread)));
        Assert.Equal("canceled", await App.Database.ScalarAsync<string>("select status from tasks where source_message_sid = $1", sid));
    }

    [Theory]
    [InlineData("Saturday", "2020-05-02")]
    [InlineData("Saturday", "2030-05-03")]
    public async Task A_new_date_that_is_over_or_another_weekday_is_confirmed_first(string said, string due)
    {
        var dentist = await AddAsync("Dentist", due: "2030-05-02");

        var sid = await SendAsync($"I meant {said}", Answer([], new { task = Number(dentist), operation = "update", due_at = due, confidence = 1 }));

        Assert.Equal("2030-05-02", await DayAsync(dentist));
        Assert.StartsWith("Shall I? Changed: Dentist", await ReplyAsync(sid), StringComparison.Ordinal);
        await SayAsync("yes");
        Assert.Equal(due, await DayAsync(dentist));
        await SayAsync("undo");
        Assert.Equal("2030-05-02", await DayAsync(dentist));
    }

    [Fact]
    public async Task Undo_gives_back_when_a_task_was_done()
    {
        var milk = await AddAsync("Buy milk");
        await ChangeAsync("bought it", number => new { task = number, operation = "complete", confidence = 1 });
        await App.Database.ExecuteAsync("update tasks set status = 'open' where id = $1", milk);
        await App.Database.ExecuteAsync("update tasks set status = 'done', completed_at = now() - interval '1 hour' where id = $1", milk);
        await SendAsync("it is not done", Answer([], new { task = Number(milk), operation = "reopen", confidence = 1 }));
        Assert.Equal("open", await StatusAsync(milk));

        await SayAsync("undo");

        Assert.InRange(await App.Database.ScalarAsync<double>("select extract(epoch from now() - completed_at)::float8 from tasks where id = $1", milk), 3600, 3700);
    }

    [Fact]
    public async Task A_task_that_another_member_deleted_meanwhile_is_gone_and_the_others_are_changed_once()
    {
        var (milk, bread) = (await AddAsync("Buy milk"), await AddAsync("Buy bread"));
        using var slow = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(1)).OnlyFor(word));
        var sending = SendAsync("got both", Answer(
            [], new { task = Number(milk), operation = "complete", confidence = 1 }, new { task = Number(bread), operation = "complete", confidence = 1 }));
        await App.WaitForAsync(() => Task.FromResult(sent), _ => sent.ValueKind == JsonValueKind.Object && sent.GetProperty("message").GetString()!.StartsWith("got both", StringComparison.Ordinal), "the model");
        await App.Database.ExecuteAsync("update tasks set status = 'canceled' where id = $1", milk);
        var sid = await sending;

        Assert.Equal($"Is not on the list any more: Buy milk {word}\nDone: Buy bread {word}", await ReplyAsync(sid));
        Assert.Equal("canceled", await StatusAsync(milk));
        var version = await App.Database.ScalarAsync<int>("select version from tasks where id = $1", bread);

        // As if the process had been killed before the reply was stored.
        await App.Database.ExecuteAsync("delete from outbound_messages where message_sid = $1", sid);
        using var replay = await App.Operator.PostAsJsonAsync("api/admin/replay-webhook", new { message_sid = sid, from_phase = "finalize" }, Cancellation);
        replay.EnsureSuccessStatusCode();
        await App.WaitForAsync(() => App.JobAsync(sid), job => job is { Generation: 1, Status: "done" }, "the replay");

        Assert.Equal($"Is not on the list any more: Buy milk {word}\nDone: Buy bread {word}", await ReplyAsync(sid));
        Assert.Equal(version, await App.Database.ScalarAsync<int>("select version from tasks where id = $1", bread));
    }

    [Fact]
    public async Task Deleting_more_than_one_task_asks_first()
    {
        var (milk, bread) = (await AddAsync("Buy milk"), await AddAsync("Buy bread"));

        var asked = await SendAsync("delete both", Answer(
            [], new { task = Number(milk), operation = "delete", confidence = 0.95 }, new { task = Number(bread), operation = "delete", confidence = 0.95 }));
        Assert.Equal($"Shall I? Deleted: Buy milk {word}; Deleted: Buy bread {word} (yes or no)", await ReplyAsync(asked));
        Assert.Equal("open", await StatusAsync(milk));

        Assert.Equal($"Deleted: Buy milk {word}\nDeleted: Buy bread {word}", await SayAsync("Yes, please"));
        Assert.Equal(("canceled", "canceled"), (await StatusAsync(milk), await StatusAsync(bread)));
        await SayAsync("undo");
        Assert.Equal(("open", "open"), (await StatusAsync(milk), await StatusAsync(bread)));
    }

    [Theory]
    [InlineData("yes, go ahead with both", "canceled")]
    [InlineData("oh no, better keep them", "open")]
    public async Task A_yes_or_no_in_other_words_counts(string said, string status)
    {
        var (milk, bread, eggs) = (await AddAsync("Buy milk"), await AddAsync("Buy bread"), await AddAsync("Buy eggs"));
        await SendAsync("delete both", Answer(
            [], new { task = Number(milk), operation = "delete", confidence = 0.95 }, new { task = Number(bread), operation = "delete", confidence = 0.95 }));

        var sid = await SendAsync(said, Answer([], new { task = Number(eggs), operation = "delete", confidence = 0.1 }), isYes: status == "canceled");

        Assert.StartsWith(
            status == "canceled" ? $"Deleted: Buy milk {word}\nDeleted: Buy bread {word}" : "All right, nothing is changed.", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal((status, status, "open"), (await StatusAsync(milk), await StatusAsync(bread), await StatusAsync(eggs)));
    }

    [Fact]
    public async Task A_quoted_question_is_the_one_that_yes_answers_and_a_quoted_message_the_one_that_undo_takes_back()
    {
        var (milk, bread) = (await AddAsync("Buy milk"), await AddAsync("Buy bread"));
        var first = await ChangeAsync("hm, the milk perhaps", _ => new { task = Number(milk), operation = "complete", confidence = 0.3 });
        await App.Database.ExecuteAsync("update clarifications set asked_at = asked_at - interval '2 hours' where message_sid = $1", first);
        await ChangeAsync("hm, the bread perhaps", _ => new { task = Number(bread), operation = "complete", confidence = 0.3 });

        var yes = await QuoteAsync(first, "yes");
        Assert.Equal(("done", "open"), (await StatusAsync(milk), await StatusAsync(bread)));
        await SayAsync("yes");
        Assert.Equal(("done", "done"), (await StatusAsync(milk), await StatusAsync(bread)));
        await QuoteAsync(yes, "undo");
        Assert.Equal(("open", "done"), (await StatusAsync(milk), await StatusAsync(bread)));
    }

    [Fact]
    public async Task No_leaves_everything_as_it_is()
    {
        var milk = await AddAsync("Buy milk");
        await ChangeAsync("hm, the milk perhaps", number => new { task = number, operation = "complete", confidence = 0.3 });

        Assert.Equal("All right, nothing is changed.", await SayAsync("no"));
        Assert.Equal("open", await StatusAsync(milk));
    }

    [Fact]
    public async Task A_quoted_message_decides_which_task_is_meant()
    {
        var first = await TellAsync("Buy milk");
        var second = await TellAsync("Buy bread");
        await QuoteAsync(first, "done");

        Assert.Equal(
            ("done", "open"),
            (await App.Database.ScalarAsync<string>("select status from tasks where source_message_sid = $1", first),
             await App.Database.ScalarAsync<string>("select status from tasks where source_message_sid = $1", second)));
    }

    [Fact]
    public async Task The_model_is_shown_what_is_quoted_shown_and_named_by_its_words()
    {
        var old = await AddAsync("Repair the greenhouse");
        await App.Database.ExecuteAsync("update chat_turns set at = at - interval '30 days' where task_ids @> array[$1::uuid]", old);
        await App.Database.ExecuteAsync("update outbound_messages set created_at = created_at - interval '30 days' where message_sid = (select source_message_sid from tasks where id = $1)", old);
        var milk = await AddAsync("Buy milk");

        await SendAsync("is the greenhouse done?", Answer([]));

        var tasks = sent.GetProperty("tasks").EnumerateArray().ToList();
        Assert.Equal(1, tasks.Single(task => task.GetProperty("title").GetString() == $"Buy milk {word}").GetProperty("shown").GetInt32());
        Assert.Contains(tasks, task => task.GetProperty("title").GetString() == $"Repair the greenhouse {word}");
        Assert.NotEqual(old, milk);
    }

    [Fact]
    public async Task What_is_on_the_list_already_is_said_and_not_added()
    {
        var milk = await AddAsync("Buy milk");

        var sid = await SendAsync("buy milk", new JsonArray(), already: Number(milk));

        Assert.Equal($"Already on the list: Buy milk {word}", await ReplyAsync(sid));
    }

    [Fact]
    public async Task A_question_in_plain_words_is_answered_with_a_list()
    {
        await AddAsync("Dentist", due: "2030-05-03T10:00");
        await AddAsync("School play", due: "2030-05-04");

        var sid = await SendAsync("what's on that Friday?", new JsonArray(), list: new { from = "2030-05-03", until = "2030-05-03", done = false });

        Assert.Contains($"Dentist {word}", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.DoesNotContain("School play", await ReplyAsync(sid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exact_commands_delete_snooze_and_assign_without_a_model()
    {
        var milk = await AddAsync("Buy milk");
        var before = App.OpenAI.Billed.ChatCalls;

        Assert.StartsWith($"I'll remind you again: Buy milk {word}", await SayAsync("snooze 2h"), StringComparison.Ordinal);
        Assert.InRange(await App.Database.ScalarAsync<double>("select extract(epoch from remind_at - now())::float8 from tasks where id = $1", milk), 7000, 7200);
        Assert.Equal($"Changed: Buy milk {word} (for {Name})", await SayAsync($"assign 1 to {Name}"));
        Assert.Equal($"Changed: Buy milk {word} (for {Name} and {DemoFamily.Second.Name})", await SayAsync($"assign 1 to {Name} and {DemoFamily.Second.Name}"));
        Assert.Equal("Nobody in your family is called zaphod.", await SayAsync("assign 1 to Zaphod"));
        Assert.Equal("Nobody in your family is called zaphod.", await SayAsync($"assign 1 to {Name} and Zaphod"));
        Assert.Equal($"Deleted: Buy milk {word}", await SayAsync("delete 1"));
        Assert.Equal("canceled", await StatusAsync(milk));
        await SayAsync("undo");
        Assert.Equal("open", await StatusAsync(milk));
        Assert.Equal(before, App.OpenAI.Billed.ChatCalls);
    }

    [Fact]
    public async Task A_nickname_is_its_member_for_commands_and_for_the_model()
    {
        await App.Database.ExecuteAsync("update family_members set nicknames = array['Mum ' || $2, 'Oma'] where phone_e164 = $1", phone, word);
        var milk = await AddAsync("Buy milk");
        Assert.Equal($"Changed: Buy milk {word} (for {Name})", await SayAsync($"assign 1 to mum {word}"));

        created = [new { title = $"Fetch the parcel {word}", assignee = $"Mum {word}", confidence = 0.95 }];
        var sid = await SendAsync("mum fetches the parcel", []);

        Assert.Equal(Name, await App.Database.ScalarAsync<string>(
            "select m.display_name from tasks t join family_members m on m.user_id = t.assignee where t.source_message_sid = $1", sid));
        Assert.Contains(sent.GetProperty("nicknames").EnumerateArray(), member =>
            member.GetProperty("member").GetString() == Name && member.GetProperty("called")[0].GetString() == $"Mum {word}");
        Assert.Contains(sent.GetProperty("members").EnumerateArray(), member => member.GetString() == Name);
        Assert.NotEqual(Guid.Empty, milk);
    }

    [Fact]
    public async Task A_task_is_for_all_who_are_named_and_undo_gives_back_who_they_were()
    {
        created = [new { title = $"Paint the fence {word}", assignees = new[] { Name, DemoFamily.Second.Name }, confidence = 0.95 }];
        var sid = await SendAsync("we paint the fence", []);
        var fence = await App.Database.ScalarAsync<Guid>("select id from tasks where source_message_sid = $1", sid);
        titles[fence] = $"Paint the fence {word}";
        Assert.Contains($"Paint the fence {word} (for {Name} and {DemoFamily.Second.Name})", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.Equal($"{Name}, {DemoFamily.Second.Name}", await AssigneesAsync(fence));

        var changed = await SendAsync("Ann will help too", Answer([], new
        {
            task = Number(fence),
            operation = "update",
            assignees = new[] { Name, DemoFamily.Second.Name, DemoFamily.Owner.Name },
            confidence = 0.9,
        }));
        Assert.Equal([Name, DemoFamily.Second.Name], sent.GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("title").GetString() == titles[fence])
            .GetProperty("assignees").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal($"Changed: Paint the fence {word} (for {Name}, {DemoFamily.Second.Name} and {DemoFamily.Owner.Name})", await ReplyAsync(changed));

        await SayAsync("undo");
        Assert.Equal($"{Name}, {DemoFamily.Second.Name}", await AssigneesAsync(fence));
        await SendAsync("nobody in particular", new JsonArray(JsonNode.Parse($$"""{"task":"{{Number(fence)}}","operation":"update","clear":["assignees"],"confidence":0.9}""")));
        Assert.Equal("", await AssigneesAsync(fence));
        await SayAsync("undo");
        Assert.Equal($"{Name}, {DemoFamily.Second.Name}", await AssigneesAsync(fence));
        Assert.Contains($"Paint the fence {word}", await SayAsync("my tasks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_leaves_out_who_has_left_meanwhile()
    {
        var guest = await App.Database.ScalarAsync<Guid>("insert into family_members (family_id, display_name) values ($1, $2) returning user_id", DemoFamily.FamilyId, $"Guest {word}");
        created = [new { title = $"Paint the fence {word}", assignees = new[] { $"Guest {word}", Name }, confidence = 0.95 }];
        var sid = await SendAsync("the guest paints with me", []);
        var fence = await App.Database.ScalarAsync<Guid>("select id from tasks where source_message_sid = $1", sid);
        titles[fence] = $"Paint the fence {word}";
        await SendAsync("just the guest", Answer([], new { task = Number(fence), operation = "update", assignees = new[] { DemoFamily.Second.Name }, confidence = 0.9 }));
        await App.Database.ExecuteAsync("delete from family_members where user_id = $1", guest);

        Assert.Equal($"As it was: Paint the fence {word}", await SayAsync("undo"));

        Assert.Equal(Name, await AssigneesAsync(fence));
    }

    [Fact]
    public async Task One_unknown_name_of_several_is_asked_about_and_changes_nothing()
    {
        var milk = await AddAsync("Buy milk");

        var sid = await SendAsync("Zaphod and I do it", Answer([], new { task = Number(milk), operation = "update", assignees = new[] { Name, "Zaphod" }, confidence = 1 }));

        Assert.Equal("Nobody in your family is called Zaphod.", await ReplyAsync(sid));
        Assert.Equal("", await AssigneesAsync(milk));
    }

    [Fact]
    public async Task Of_two_people_of_a_name_the_one_is_asked_about_and_the_others_have_the_task()
    {
        foreach (var _ in Enumerable.Range(0, 2))
            await App.Database.ExecuteAsync("insert into family_members (family_id, display_name) values ($1, $2)", DemoFamily.FamilyId, $"Twin {word}");
        created = [new { title = $"Paint the fence {word}", assignees = new[] { Name, $"Twin {word}" }, confidence = 0.95 }];

        var sid = await SendAsync("the twin and I paint the fence", []);

        Assert.Contains($"There is more than one Twin {word} in your family. Who do you mean?", await ReplyAsync(sid), StringComparison.Ordinal);
        Assert.True(await App.Database.ScalarAsync<bool>("select needs_review from tasks where source_message_sid = $1", sid));
        Assert.Equal(Name, await AssigneesAsync(await App.Database.ScalarAsync<Guid>("select id from tasks where source_message_sid = $1", sid)));
    }

    [Fact]
    public async Task Who_gives_a_task_and_who_completes_it_is_noted_so_that_the_other_can_be_told()
    {
        created = [new { title = $"Fetch the parcel {word}", assignee = DemoFamily.Second.Name, confidence = 0.95 }];
        var sid = await SendAsync("Ben: parcel", []);
        await SayAsync("done");

        Assert.True(await App.Database.ScalarAsync<bool>(
            "select t.assigned_by = m.user_id and t.completed_by = m.user_id from tasks t join family_members m on m.phone_e164 = $2 where t.source_message_sid = $1",
            sid, phone));
    }

    [Fact]
    public async Task A_word_switches_the_news_of_others_off_and_on()
    {
        Assert.StartsWith("I'll no longer tell you", await SayAsync("News off"), StringComparison.Ordinal);
        Assert.False(await App.Database.ScalarAsync<bool>("select notified from family_members where phone_e164 = $1", phone));
        Assert.StartsWith("I'll tell you again", await SayAsync("news on, please"), StringComparison.Ordinal);
        Assert.True(await App.Database.ScalarAsync<bool>("select notified from family_members where phone_e164 = $1", phone));
    }

    [Fact]
    public async Task A_digest_is_switched_on_and_off_and_its_numbers_are_understood()
    {
        Assert.StartsWith("Every day at 07:30", await SayAsync("Digest at 7.30, please"), StringComparison.Ordinal);
        Assert.Equal("07:30:00", await App.Database.ScalarAsync<string>("select digest_at::text from family_members where phone_e164 = $1 and digest_set_at > now() - interval '1 minute'", phone));
        await AddAsync("Dentist");
        await App.Database.ExecuteAsync("update tasks set due_at = now() - interval '900 days' where title = $1", $"Dentist {word}");
        await App.Database.ExecuteAsync(
            """
            update family_members m set digest_at = (now() at time zone f.timezone - interval '1 minute')::time, digest_set_at = null
            from families f where f.id = m.family_id and m.phone_e164 = $1
            """,
            phone);
        await App.RunTimerAsync("Reminders");

        Assert.Equal($"Done: Dentist {word}", await SayAsync("done 1"));
        Assert.StartsWith("I'll send you no more", await SayAsync("digest off"), StringComparison.Ordinal);
        Assert.True(await App.Database.ScalarAsync<bool>("select digest_at is null from family_members where phone_e164 = $1", phone));
    }

    [Fact]
    public async Task Undo_waits_for_the_message_that_it_means()
    {
        using var slow = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(1)).OnlyFor(word));
        var milk = await App.TextAsync($"buy milk {word}", phone);

        var undone = await SayAsync("undo");

        Assert.StartsWith("Dropped: ", undone, StringComparison.Ordinal);
        Assert.Equal("canceled", await App.Database.ScalarAsync<string>("select status from tasks where source_message_sid = $1", milk));
    }

    /// <summary>The number under which the model was shown a task of this title last; resolved when its answer is made.</summary>
    private static string Number(Guid task) => $"#{task}";

    private JsonArray Answer(object[] tasks, params object[] changes)
    {
        created = tasks;
        return JsonSerializer.SerializeToNode(changes)!.AsArray();
    }

    private Task<string> ChangeAsync(string text, Func<string, object> change) => SendAsync(text, new JsonArray(JsonSerializer.SerializeToNode(change("#1"))));

    /// <summary>The model answers with these changes.</summary>
    private async Task<string> SendAsync(string text, JsonArray changes, string? already = null, object? list = null, bool? isYes = null)
    {
        text = $"{text} {word}";
        var members = created;
        created = [];
        using var script = App.OpenAI.Respond(
            request => Sees(request.UserMessage, text),
            _ => new JsonObject
            {
                ["tasks"] = JsonSerializer.SerializeToNode(members),
                ["changes"] = Resolve(changes),
                ["already"] = already is null ? new JsonArray() : new JsonArray(Resolve(already)),
                ["list"] = JsonSerializer.SerializeToNode(list),
                ["clarifying_question"] = null,
                ["confirmed"] = isYes is true ? 1 : null,
                ["withdrawn"] = isYes is false ? new JsonArray(1) : [],
                ["language"] = "en",
            }.ToJsonString());
        var sid = await App.TextAsync(text, phone);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private bool Sees(string message, string text)
    {
        var root = JsonDocument.Parse(message).RootElement;
        if (root.GetProperty("message").GetString() != text)
            return false;
        sent = root;
        return true;
    }

    private JsonArray Resolve(JsonArray changes)
    {
        var copy = changes.DeepClone().AsArray();
        foreach (var change in copy.OfType<JsonObject>().Where(change => change["task"] is JsonValue value && value.TryGetValue(out string? text) && text.StartsWith('#')))
            change["task"] = Resolve((string)change["task"]!);
        return copy;
    }

    private int Resolve(string number)
    {
        if (!Guid.TryParse(number[1..], out var id))
            return int.Parse(number[1..], System.Globalization.CultureInfo.InvariantCulture);
        var title = titles[id];
        return sent.GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("title").GetString() == title).GetProperty("number").GetInt32();
    }

    private async Task<Guid> AddAsync(string title, string? due = null)
    {
        var sid = await TellAsync(title, due);
        var id = await App.Database.ScalarAsync<Guid>("select id from tasks where source_message_sid = $1", sid);
        titles[id] = $"{title} {word}";
        return id;
    }

    /// <summary>A message that becomes this task.</summary>
    private Task<string> TellAsync(string title, string? due = null)
    {
        created = [new { title = $"{title} {word}", due_at = due, confidence = 0.95 }];
        return SendAsync($"please {title}", []);
    }

    private async Task<string> SayAsync(string text)
    {
        var sid = await App.TextAsync(text, phone);
        await App.WaitForJobAsync(sid, "done");
        return await ReplyAsync(sid);
    }

    /// <summary>Quotes the reply to a message.</summary>
    private async Task<string> QuoteAsync(string message, string text)
    {
        var quoted = await App.Database.ScalarAsync<string>("select provider_sid from outbound_messages where message_sid = $1 and kind = 'reply'", message);
        var sid = await SendFormAsync(text, ("OriginalRepliedMessageSid", quoted));
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private async Task<string> SendFormAsync(string text, params (string, string)[] fields)
    {
        var form = App.Form(text, null, [("From", $"whatsapp:{phone}"), .. fields]);
        await App.PostAsync(form);
        return form["MessageSid"];
    }

    private Task<string> ReplyAsync(string sid) =>
        App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);

    private Task<string> AssigneesAsync(Guid task) => App.Database.ScalarAsync<string>("select array_to_string(assignee_names(t), ', ') from tasks t where id = $1", task);

    private Task<string> StatusAsync(Guid task) => App.Database.ScalarAsync<string>("select status from tasks where id = $1", task);

    private Task<string> TitleAsync(Guid task) => App.Database.ScalarAsync<string>("select title from tasks where id = $1", task);

    private Task<string> DayAsync(Guid task) => App.Database.ScalarAsync<string>("select to_char(due_at at time zone 'Europe/London', 'YYYY-MM-DD') from tasks where id = $1", task);
}
