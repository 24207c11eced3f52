using System.Text.Json;
using System.Text.RegularExpressions;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Commands;

/// <summary>Two members and a model that errs: with numbers that it was not shown, operations that are none, and names of another family.</summary>
public sealed partial class When_a_conversation_goes_on(FastApp app) : AppTest<FastApp>(app)
{
    private static readonly object[] Numbers = [0, -1, 99, 41, "1", 1.5, "x"];
    private static readonly string?[] Names = [null, null, "member 1", "Zaphod", "everybody"];

    private TestFamily ours = null!;
    private TestFamily theirs = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (ours, theirs) = (await App.AddFamilyAsync("owner", "member"), await App.AddFamilyAsync("owner"));
        foreach (var (family, name) in new[] { (ours, "Our"), (theirs, "Their") })
            await App.Database.ExecuteAsync("insert into tasks (family_id, title, due_at) select $1, $2 || ' chore ' || n, now() + n * interval '1 day' from generate_series(1, 5) n", family.Id, name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task No_turn_of_ten_changes_what_was_not_shown_or_tells_what_was_not_done(int seed)
    {
        var random = new Random(seed);
        var foreign = await TasksAsync(theirs);
        foreach (var turn in Enumerable.Range(1, 10))
        {
            var before = await TasksAsync(ours);
            var member = ours.Members[random.Next(2)];

            var (sid, reply, shown) = await SayAsync($"turn {turn} about every chore", member, tasks => Answer(random, turn, tasks));

            var after = await TasksAsync(ours);
            var changed = after.Where(task => before.TryGetValue(task.Key, out var was) && was.Row != task.Value.Row).Select(task => task.Key).ToList();
            var added = after.Keys.Except(before.Keys).ToList();
            Assert.Equal(foreign, await TasksAsync(theirs));
            Assert.All(changed, id => Assert.Contains(before[id].Title, shown));
            Assert.All(added, id => Assert.Equal(sid, after[id].Sid));
            AssertTold(reply, before, after);
            if (changed.Count + added.Count == 0)
                continue;
            if (random.Next(2) == 0)
            {
                await SayAsync("undo", member);
                Assert.Equal(Rows(before), Rows((await TasksAsync(ours)).Where(task => !added.Contains(task.Key))));
                Assert.All(await TasksAsync(ours), task => Assert.True(!added.Contains(task.Key) || task.Value.Status == "canceled"));
            }
        }
    }

    [Fact]
    public async Task Thirty_operations_of_one_message_take_effect_together_and_are_taken_back_together()
    {
        await App.Database.ExecuteAsync("insert into tasks (family_id, title) select $1, 'Errand ' || n from generate_series(1, 30) n", ours.Id);
        var before = await TasksAsync(ours);
        string[] operations = ["complete", "update", "snooze"];

        var (_, reply, shown) = await SayAsync("every errand", ours.Of("owner"), tasks => new
        {
            tasks = Array.Empty<object>(),
            changes = tasks.Where(task => task.Title.StartsWith("Errand", StringComparison.Ordinal)).Select((task, i) => (object)new
            {
                task = task.Number,
                operation = operations[i % 3],
                title = i % 3 == 1 ? $"New {task.Title}" : null,
                remind_at = i % 3 == 2 ? "2031-05-06T10:00" : null,
                confidence = 0.95,
            }).ToArray(),
        });

        var after = await TasksAsync(ours);
        Assert.Equal(30, shown.Count(title => title.StartsWith("Errand", StringComparison.Ordinal)));
        Assert.Equal(30, after.Count(task => task.Value.Row != before[task.Key].Row));
        Assert.Equal((10, 10), (after.Values.Count(task => task.Status == "done"), after.Values.Count(task => task.Title.StartsWith("New", StringComparison.Ordinal))));
        AssertTold(reply, before, after);
        Assert.Equal(30, reply.Split('\n').Count(line => Told().IsMatch(line)) + (AndMore().Match(reply) is { Success: true } more ? int.Parse(more.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 0));

        await SayAsync("undo", ours.Of("owner"));
        Assert.Equal(Rows(before), Rows(await TasksAsync(ours)));
    }

    /// <summary>Up to six operations, of which about half are possible, and sometimes a new task.</summary>
    private object Answer(Random random, int turn, IReadOnlyList<(int Number, string Title)> shown)
    {
        string[] operations = ["complete", "reopen", "update", "update", "snooze", "delete", "skip", "explode"];
        var foreign = new[] { theirs.Members[0].Name, theirs.Id.ToString() };
        return new
        {
            tasks = random.Next(3) > 0 ? [] : new object[] { new { title = $"Our chore of turn {turn}", assignee = Pick([.. Names, .. foreign]), category = Pick(["shopping", "theirs"]), confidence = 0.95, answers = (int?)null } },
            changes = Enumerable.Range(0, random.Next(7)).Select(i => (object)new
            {
                task = random.Next(3) > 0 && shown.Count > 0 ? Pick(shown).Number : Pick([.. Numbers, foreign[1]]),
                operation = Pick(operations),
                title = Pick([null, $"Our chore {turn} {i}"]),
                due_at = Pick([null, "2031-05-06", "soon"]),
                remind_at = Pick([null, "2031-05-05T10:00"]),
                assignee = Pick([.. Names, .. foreign]),
                confidence = Pick([0.95, 0.95, 0.2]),
            }).ToArray(),
        };

        T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
    }

    /// <summary>What the reply says was done is so.</summary>
    private static void AssertTold(string reply, Dictionary<Guid, StoredTask> before, Dictionary<Guid, StoredTask> after)
    {
        foreach (var told in reply.Split('\n').Select(line => Told().Match(line)).Where(told => told.Success))
        {
            var what = told.Groups["what"].Value;
            // A task that is renamed too may be told by the name that it had.
            var tasks = after.Where(task => IsNamed(what, task.Value.Title) || (before.TryGetValue(task.Key, out var was) && IsNamed(what, was.Title)));
            Assert.True(tasks.Any(task => told.Groups["said"].Value switch
            {
                "Done" => task.Value.Status == "done",
                "Deleted" or "Skipped" => task.Value.Status == "canceled",
                "Open again" => task.Value.Status == "open",
                _ => before[task.Key].Version < task.Value.Version,
            }), $"{told.Value}\n{string.Join('\n', after.Values)}");
        }
    }

    private static bool IsNamed(string told, string title) =>
        told == title || told.StartsWith($"{title} - ", StringComparison.Ordinal) || told.StartsWith($"{title} (", StringComparison.Ordinal);

    private static Dictionary<Guid, string> Rows(IEnumerable<KeyValuePair<Guid, StoredTask>> tasks) => tasks.ToDictionary(task => task.Key, task => task.Value.Row);

    private async Task<(string Sid, string Reply, IReadOnlyList<string> Shown)> SayAsync(string text, TestMember member, Func<IReadOnlyList<(int Number, string Title)>, object>? answer = null)
    {
        text = answer is null ? text : $"{text} {Guid.NewGuid():N}";
        IReadOnlyList<(int Number, string Title)> shown = [];
        using var script = App.OpenAI.Respond(
            request => answer is not null && JsonDocument.Parse(request.UserMessage).RootElement.GetProperty("message").GetString() == text,
            request =>
            {
                shown = JsonDocument.Parse(request.UserMessage).RootElement.TryGetProperty("tasks", out var tasks)
                    ? [.. tasks.EnumerateArray().Select(task => (task.GetProperty("number").GetInt32(), task.GetProperty("title").GetString()!))]
                    : [];
                var said = JsonSerializer.SerializeToNode(answer!(shown))!;
                (said["clarifying_question"], said["language"], said["withdrawn"]) = (null, "en", new System.Text.Json.Nodes.JsonArray());
                return said.ToJsonString();
            });
        var sid = await App.TextAsync(text, member.Phone);
        await App.WaitForJobAsync(sid, "done");
        var reply = await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
        return (sid, reply, [.. shown.Select(task => task.Title)]);
    }

    private async Task<Dictionary<Guid, StoredTask>> TasksAsync(TestFamily family) =>
        (await App.Database.RowsAsync(
            "select id, title, status, source_message_sid, version, (to_jsonb(t) - array['version', 'updated_at', 'assigned_at'])::text as row from tasks t where family_id = $1 order by id", family.Id))
        .ToDictionary(row => (Guid)row["id"]!, row => new StoredTask((string)row["title"]!, (string)row["status"]!, (string?)row["source_message_sid"], (string)row["row"]!, (int)row["version"]!));

    private sealed record StoredTask(string Title, string Status, string? Sid, string Row, int Version);

    [GeneratedRegex(@"^(?<said>Done|Deleted|Skipped|Open again|Changed|I'll remind you again): (?<what>.+)$")]
    private static partial Regex Told();

    [GeneratedRegex(@"and (\d+) more")]
    private static partial Regex AndMore();
}
