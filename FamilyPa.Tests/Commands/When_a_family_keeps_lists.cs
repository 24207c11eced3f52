using System.Text.Json;
using FamilyPa.Core.Chat;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Tasks;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

/// <summary>A family of its own for each test. Where no answer is scripted, the keyless model understands the message.</summary>
public sealed class When_a_family_keeps_lists(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily family = null!;

    private string Phone => family.Of("owner").Phone;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "member");
    }

    [Fact]
    public async Task A_new_list_begins_with_what_is_put_on_it_and_is_shown_without_a_model()
    {
        Assert.StartsWith("Added 1 task:\n1. Sunscreen (on the packing list)\n", await SayAsync("put sunscreen on the packing list"), StringComparison.Ordinal);
        await SayAsync("add milk to the shopping list");
        Assert.Equal([("Milk", "shopping"), ("Sunscreen", "packing")], await TasksAsync());

        await WithoutModelAsync(async () =>
        {
            Assert.StartsWith("Open on the packing list:\n1. Sunscreen\nSend “done 1”", await SayAsync("packing list"), StringComparison.Ordinal);
            Assert.StartsWith("Open on the packing list:\n1. Sunscreen\n", await SayAsync("What's on the PACKING list?"), StringComparison.Ordinal);
            Assert.StartsWith("Open on the shopping list:\n1. Milk\n", await SayAsync("show me the shopping list"), StringComparison.Ordinal);
            Assert.StartsWith("Offen auf der Liste Einkauf:\n1. Milk\n", await SayAsync("Einkaufsliste"), StringComparison.Ordinal);
            Assert.Equal("Done: Milk", await SayAsync("done 1"));
            Assert.Equal("Nothing is open on the shopping list.", await SayAsync("shopping list"));
            Assert.Equal("Nothing is open on the school list.", await SayAsync("school list"));
        });
    }

    [Fact]
    public async Task Clearing_takes_off_what_is_done_and_nothing_else_and_undo_puts_it_back()
    {
        await SayAsync("put milk on the shopping list");
        await SayAsync("put eggs on the shopping list");
        await SayAsync("put the tent on the packing list");
        await App.Database.ExecuteAsync("update tasks set status = 'done', completed_at = now() - interval '1 hour' where family_id = $1 and title <> 'Eggs'", family.Id);
        var before = await RowsAsync();

        await WithoutModelAsync(async () =>
        {
            Assert.Equal("Cleared from the shopping list: 1 done. Send “undo” to put them back.", await SayAsync("clear the shopping list"));
            Assert.Equal(["Eggs open", "Milk canceled", "The tent done"], await StatusesAsync());
            Assert.Equal("Nothing on the shopping list is done.", await SayAsync("clear shopping list"));

            // What changed nothing is nothing to take back.
            Assert.Equal("As it was: Milk", await SayAsync("undo"));
            Assert.Equal(before, await RowsAsync());
        });
    }

    [Fact]
    public async Task A_list_ends_when_nothing_is_on_it()
    {
        await SayAsync("put the tent on the packing list");
        await App.Database.ExecuteAsync("update tasks set status = 'done' where family_id = $1", family.Id);
        await SayAsync("clear packing list");

        var sid = await SendAsync("packing list");

        Assert.Equal("ordinary", await App.Database.ScalarAsync<string>("select classification from inbound_messages where message_sid = $1", sid));
    }

    [Fact]
    public async Task Clearing_ends_no_series_and_starts_no_second_occurrence()
    {
        await ScriptedAsync("bins", [new { title = "Put the bins out", recurrence = "FREQ=WEEKLY;BYDAY=MO", category = "household", confidence = 0.95 }]);
        await App.Database.ExecuteAsync("update tasks set status = 'done' where family_id = $1", family.Id);

        Assert.StartsWith("Cleared from the household list: 1 done.", await SayAsync("clear household list"), StringComparison.Ordinal);
        Assert.Equal(["Put the bins out canceled", "Put the bins out open"], await StatusesAsync());
        await SayAsync("undo");
        Assert.Equal(["Put the bins out done", "Put the bins out open"], await StatusesAsync());
    }

    [Theory]
    [InlineData("buy milk for grandma", "grandma", "other")]
    [InlineData("buy milk", "milk", "other")]
    [InlineData("put it on the list of ice", "packing", "other")]
    [InlineData("put it on the packing list", "packing", "packing")]
    [InlineData("put it on the packing list", " Packing\nLIST ", "packing")]
    [InlineData("setz es auf die Packliste", "Packliste", "packliste")]
    [InlineData("setz es auf die Einkaufsliste", "Einkaufsliste", "shopping")]
    [InlineData("sur la liste de vacances", "liste de vacances", "vacances")]
    [InlineData("ajoute aux courses", "Courses", "shopping")]
    [InlineData("tatil listesine ekle", "tatil", "tatil")]
    public async Task The_model_uses_no_list_that_neither_the_family_has_nor_the_sender_calls_one(string text, string said, string stored)
    {
        await ScriptedAsync(text, [new { title = "Something", category = said, confidence = 0.95 }]);

        Assert.Equal([("Something", stored)], await TasksAsync());
    }

    [Fact]
    public async Task The_model_is_shown_the_familys_lists_and_may_use_them_and_move_tasks_between_them()
    {
        await SayAsync("put the tent on the packing list");
        var other = await App.AddFamilyAsync("owner");
        await App.Database.ExecuteAsync("insert into tasks (family_id, title, category) values ($1, 'x', 'theirs')", other.Id);

        var (reply, sent) = await ScriptedAsync("tent and boots", [new { title = "Boots", category = "PACKING", confidence = 0.95 }, new { title = "Gloves", category = "theirs", confidence = 0.95 }]);

        Assert.Equal("packing", sent.GetProperty("lists").EnumerateArray().Last().GetString());
        Assert.StartsWith("Added 2 tasks:\n1. Boots (on the packing list)\n2. Gloves\n", reply, StringComparison.Ordinal);
        Assert.Equal([("Boots", "packing"), ("Gloves", "other"), ("The tent", "packing")], await TasksAsync());

        (reply, _) = await ScriptedAsync("move gloves", [], [new { task = 2, operation = "update", category = "packing", confidence = 0.95 }]);
        Assert.Equal("Changed: Gloves (on the packing list)", reply);
        await SayAsync("undo");
        Assert.Equal("other", (await TasksAsync()).Single(task => task.Item1 == "Gloves").Item2);
    }

    [Fact]
    public async Task There_are_fifty_of_its_own_at_most()
    {
        await App.Database.ExecuteAsync("insert into tasks (family_id, title, category) select $1, 'x', 'list ' || n from generate_series(1, 50) n", family.Id);
        foreach (var category in TaskCategories.All.Append("list 50").Append("list 51"))
            await App.Database.ExecuteAsync("insert into tasks (family_id, title, category) values ($1, 'y', $2)", family.Id, category);

        Assert.Equal(
            [.. TaskCategories.All.Append("list 50").Append("other").Order(StringComparer.Ordinal)],
            (await TasksAsync()).Where(task => task.Item1 == "y").Select(task => task.Item2).Order(StringComparer.Ordinal));
        await SayAsync("put the tent on the packing list");
        Assert.Contains(("The tent", "other"), await TasksAsync());
    }

    public static TheoryData<string, string, string> Spoken => new(Phrases.Languages.SelectMany(language => Phrases.Of(language).Lists.Select(list => (language, list.Key, list.Value[0]))));

    [Theory]
    [MemberData(nameof(Spoken))]
    public void Every_default_list_is_known_by_its_name_in_every_language(string language, string list, string name)
    {
        var words = Phrases.Of(language).Commands;
        foreach (var called in words.ListCalls.Select(call => call.Replace("{0}", name, StringComparison.Ordinal)).Append(name))
            Assert.Equal(list, ListNames.Of(called.ToUpperInvariant()));
        foreach (var (forms, kind) in new[] { (words.ListNamed, CommandKind.List), (words.ListClear, CommandKind.Clear) })
        {
            Assert.All(forms, form =>
            {
                var command = CommandReader.Read(form.Replace("{0}", words.ListCalls[0].Replace("{0}", name, StringComparison.Ordinal), StringComparison.Ordinal));
                Assert.Equal((kind, list), (command?.Kind, ListNames.Find(command?.Named ?? "", [])));
                Assert.Contains(language, command!.Languages);
            });
        }
    }

    /// <summary>The keyless model, or any other, gets no say.</summary>
    private async Task WithoutModelAsync(Func<Task> talk)
    {
        var asked = await AskedAsync();
        await talk();
        Assert.Equal(asked, await AskedAsync());

        Task<long> AskedAsync() => App.Database.ScalarAsync<long>("select count(*) from job_attempts a join processing_jobs j on j.id = a.job_id where j.family_id = $1 and a.phase = 'extract'", family.Id);
    }

    private async Task<(string Reply, JsonElement Sent)> ScriptedAsync(string text, object[] tasks, object[]? changes = null)
    {
        text = $"{text} {Guid.NewGuid():N}";
        JsonElement sent = default;
        using var script = App.OpenAI.Respond(
            request =>
            {
                var root = JsonDocument.Parse(request.UserMessage).RootElement;
                if (root.GetProperty("message").GetString() != text)
                    return false;
                sent = root;
                return true;
            },
            JsonSerializer.Serialize(new { tasks, changes = changes ?? [], clarifying_question = (string?)null, language = "en", list = (object?)null }));
        return (await SayAsync(text), sent);
    }

    private async Task<string> SendAsync(string text)
    {
        var sid = await App.TextAsync(text, Phone);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private async Task<string> SayAsync(string text) =>
        await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", await SendAsync(text));

    private async Task<IEnumerable<(string, string)>> TasksAsync() =>
        (await App.Database.RowsAsync("select title, category from tasks where family_id = $1 order by title, category", family.Id)).Select(row => ((string)row["title"]!, (string)row["category"]!));

    private async Task<IEnumerable<string>> StatusesAsync() =>
        (await App.Database.RowsAsync("select title || ' ' || status as task from tasks where family_id = $1 order by 1", family.Id)).Select(row => (string)row["task"]!);

    /// <summary>All that undo restores.</summary>
    private Task<string> RowsAsync() => App.Database.ScalarAsync<string>(
        "select jsonb_agg(to_jsonb(t) - array['version', 'updated_at'] order by t.title)::text from tasks t where t.family_id = $1", family.Id);
}
