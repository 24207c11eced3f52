using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_family_takes_its_data_along(FastApp app) : AppTest<FastApp>(app)
{
    /// <summary>Tables of which nothing is exported: what the app needs for its own work, secrets, and what operators did.</summary>
    private static readonly string[] LeftOut =
    [
        "ai_reservations", "audit_log", "idempotency_keys", "job_slots", "limit_alerts", "limit_notifications", "login_codes", "login_links", "processing_jobs",
        "rate_counters", "sender_limits", "sessions",
    ];

    private TestFamily family = null!;
    private MemberClient owner = null!;

    public override async ValueTask InitializeAsync()
    {
        family = await App.AddFamilyAsync("owner", "member");
        owner = await App.SignInAsync(family.Of("owner"));
    }

    [Fact]
    public async Task All_of_it_is_in_the_export_and_nothing_secret_or_of_others()
    {
        var others = await App.AddFamilyAsync("owner");
        await App.Database.ExecuteAsync("insert into tasks (family_id, title) values ($1, 'OTHERS')", others.Id);
        await owner.PostAsync("/api/tasks", new { title = "Water the plants", recurrence = "FREQ=WEEKLY;BYDAY=MO" });
        await owner.SendAsync("POST", "/api/calendar-feeds/mine");
        var sid = await App.TextAsync("buy milk", family.Of("member").Phone);
        await App.WaitForJobAsync(sid, "done");

        var answer = await owner.GetAsync("/api/family/export");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Contains("attachment; filename=family-pa-", answer.Headers["Content-Disposition"], StringComparison.Ordinal);
        foreach (var word in (string[])["buy milk", "Water the plants", "FREQ=WEEKLY;BYDAY=MO", family.Of("member").Phone, "Added 1 task"])
            Assert.Contains(word, answer.Body, StringComparison.Ordinal);
        foreach (var word in (string[])["OTHERS", others.Id.ToString(), others.Of("owner").Phone, "_hash", "sending_id"])
            Assert.DoesNotContain(word, answer.Body, StringComparison.Ordinal);
        var exported = answer.Json.EnumerateObject().Select(section => section.Name).Except(["exported_at", "family"]).Concat(LeftOut);
        var tables = await App.Database.RowsAsync("select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'family_id'");
        Assert.Equal(tables.Select(table => (string)table["table_name"]!).Order(StringComparer.Ordinal), exported.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_exported_as_JSON_comes_back_as_it_was_and_once()
    {
        await owner.PostAsync("/api/tasks", new { title = "Water the plants", recurrence = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", assignee = family.Of("member").UserId });
        var done = (await owner.PostAsync("/api/tasks", new { title = "Pay", notes = "line one\nline two", due_at = "2026-05-01", category = "finance" })).Json.Text("id");
        await owner.PatchAsync($"/api/tasks/{done}", new { status = "done" });
        await App.Database.ExecuteAsync("update tasks set completed_at = '2026-05-01T10:00Z', created_at = '2026-04-01T10:00Z' where id = $1", Guid.Parse(done!));
        var file = (await owner.GetAsync("/api/family/export")).Body;
        var before = await TasksAsync();
        await App.Database.ExecuteAsync("delete from tasks where family_id = $1", family.Id);
        await App.Database.ExecuteAsync("delete from series where family_id = $1", family.Id);

        var dry = await owner.PostAsync("/api/family/import?dry_run=true", file);
        Assert.Equal((200, "True", "2", "1", 0L), (dry.Status, dry.Json.Text("dry_run"), dry.Json.Text("tasks_added"), dry.Json.Text("series_added"), await CountAsync()));
        var imported = await owner.PostAsync("/api/family/import", file);

        Assert.Empty(ApiDocument.Mistakes(imported.Json, "ImportResult"));
        Assert.Equal((200, "2", "1"), (imported.Status, imported.Json.Text("tasks_added"), imported.Json.Text("series_added")));
        Assert.Equal(before, await TasksAsync());
        var again = await owner.PostAsync("/api/family/import", file);
        Assert.Equal(("0", "2", "0"), (again.Json.Text("tasks_added"), again.Json.Text("tasks_present"), again.Json.Text("series_added")));
        // The series goes on.
        var open = await App.Database.ScalarAsync<Guid>("select id from tasks where family_id = $1 and status = 'open'", family.Id);
        await owner.PatchAsync($"/api/tasks/{open}", new { status = "done" });
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task CSV_has_the_tasks_for_a_spreadsheet_which_takes_none_for_a_formula()
    {
        await owner.PostAsync("/api/tasks", new { title = "=HYPERLINK(\"http://evil\")", notes = "a, \"b\"\nc", due_at = "2026-12-01T17:00", assignee = family.Of("member").UserId });
        await owner.PostAsync("/api/tasks", new { title = "Grüße 🥛", due_at = "2026-12-02", recurrence = "FREQ=DAILY" });

        var answer = await owner.GetAsync("/api/family/export?format=csv");

        Assert.Equal("text/csv", answer.ContentType);
        Assert.Contains("\"'=HYPERLINK(\"\"http://evil\"\")\",\"a, \"\"b\"\"\nc\",,member 1,2026-12-01T17:00,,open,,", answer.Body, StringComparison.Ordinal);
        Assert.Contains("Grüße 🥛,,,,2026-12-02,,open,FREQ=DAILY,", answer.Body, StringComparison.Ordinal);
        Assert.Equal(("0", "2"), await ImportedAsync(answer.Body));

        var before = await TasksAsync("title, notes, due_at, due_all_day, assignee, status");
        await App.Database.ExecuteAsync("delete from series where family_id = $1", family.Id);
        await App.Database.ExecuteAsync("delete from tasks where family_id = $1", family.Id);
        Assert.Equal(("2", "0"), await ImportedAsync(answer.Body));
        Assert.Equal(before, await TasksAsync("title, notes, due_at, due_all_day, assignee, status"));
        Assert.Equal("FREQ=DAILY", await App.Database.ScalarAsync<string>("select s.rule from series s join tasks t on t.series_id = s.id where t.family_id = $1 and t.title like 'Gr%' and s.ended_at is null", family.Id));
    }

    [Fact]
    public async Task A_file_of_ones_own_needs_titles_only_and_is_added_once()
    {
        const string file = "title,assignee,due_at\nBuy milk,Member 1,2026-12-01\nBuy milk,Member 1,2026-12-01\n\"=1+1\",,\n";

        Assert.Equal(("3", "0"), await ImportedAsync(file));
        Assert.Equal(("0", "3"), await ImportedAsync(file));

        Assert.Equal(2, await App.Database.ScalarAsync<long>(
            "select count(*) from tasks where family_id = $1 and title = 'Buy milk' and assignee = $2 and due_all_day and created_by = $3", family.Id, family.Of("member").UserId, family.Of("owner").UserId));
    }

    [Fact]
    public async Task One_wrong_row_and_nothing_is_added()
    {
        var others = await App.AddFamilyAsync("owner");
        var theirs = await App.Database.ScalarAsync<Guid>("insert into tasks (family_id, title) values ($1, 'OTHERS') returning id", others.Id);

        var answer = await ImportAsync(
            $"""
            id,title,due_at,status,assignee,recurrence,notes
            x,Fine,,,,,
            ,,2026-13-01,never,Nobody,HOURLY,
            ,Fine,,open,,,"two
            lines"
            {Guid.Empty},Twice,,,,,
            {Guid.Empty},Twice,,,,,
            """);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code()));
        Assert.Equal(["line 2", "line 3", "line 7"], answer.WrongFields());
        Assert.Equal(
            ["status", "due_at", "recurrence", "title", "assignee"],
            answer.Json.GetProperty("errors").GetProperty("line 3").EnumerateArray().Select(why => why.GetString()!.Split(':')[0]));
        Assert.Contains("line 6", answer.Json.GetProperty("errors").GetProperty("line 7")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["line 3"], (await ImportAsync($"id,title\n,Ours\n{theirs},Stolen\n")).WrongFields());
        Assert.Equal(["tasks[0]"], (await owner.PostAsync("/api/family/import", new { tasks = new[] { new { title = "x", assignee = others.Of("owner").UserId } } })).WrongFields());
        Assert.Equal("OTHERS", await App.Database.ScalarAsync<string>("select title from tasks where id = $1", theirs));
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData("application/json", "{}", 400)]
    [InlineData("application/json", "[1]", 400)]
    [InlineData("application/json", "{\"tasks\":[{\"title\":\"\\ud800\"}]}", 400)]
    [InlineData("application/json", "{\"tasks\":[],\"series\":[{\"title\":\"x\",\"rule\":\"FREQ=DAILY\",\"starts\":\"2026-12-01\",\"remind_before\":\"soon\"}]}", 400)]
    [InlineData("text/csv", "", 400)]
    [InlineData("text/csv", "title\n\"never ends", 400)]
    [InlineData("text/plain", "title\nx", 415)]
    public async Task What_cannot_be_read_is_refused(string type, string file, int status) => Assert.Equal(status, (await ImportAsync(file, type)).Status);

    [Fact]
    public async Task A_file_has_a_limit()
    {
        Assert.Equal(413, (await ImportAsync(new string('x', 5 * 1024 * 1024 + 1))).Status);
        Assert.Equal(400, (await ImportAsync("title\n" + string.Concat(Enumerable.Repeat("x\n", 10_001)))).Status);
    }

    [Fact]
    public async Task The_audit_log_says_who_took_it()
    {
        await owner.GetAsync("/api/family/export");
        await ImportAsync("title\nBuy milk\n");

        Assert.Equal(
            [$"owner:{family.Of("owner").UserId} export_family {family.Id}", $"owner:{family.Of("owner").UserId} import_tasks {family.Id}"],
            (await App.Database.RowsAsync("select concat_ws(' ', actor, action, family_id) as row from audit_log where family_id = $1 and request_id <> '' order by created_at", family.Id))
                .Select(row => (string)row["row"]!));
    }

    [Fact]
    public async Task Only_owners_may_and_not_without_end()
    {
        var member = await App.SignInAsync(family.Of("member"));
        Assert.Equal((403, "not_allowed"), ((await member.GetAsync("/api/family/export")).Status, (await member.PostAsync("/api/family/import", "{\"tasks\":[{\"title\":\"x\"}]}")).Code()));

        var codes = new List<int>();
        for (var i = 0; i < 42; i++)
            codes.Add((await owner.GetAsync("/api/family/export?format=csv")).Status);

        Assert.Equal((200, 429), (codes[0], codes[^1]));
    }

    private async Task<(string?, string?)> ImportedAsync(string csv)
    {
        var answer = await ImportAsync(csv);
        Assert.True(answer.Status == 200, answer.Body);
        return (answer.Json.Text("tasks_added"), answer.Json.Text("tasks_present"));
    }

    private async Task<Answer> ImportAsync(string file, string type = "text/csv")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/family/import") { Content = new StringContent(file, Encoding.UTF8, type) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", owner.Token);
        using var response = await App.Http.SendAsync(request, Cancellation);
        return await Answer.ReadAsync(response);
    }

    private Task<long> CountAsync() => App.Database.ScalarAsync<long>("select count(*) from tasks where family_id = $1", family.Id);

    private async Task<IReadOnlyList<string>> TasksAsync(string columns =
        "id, title, notes, category, assignee, due_at, due_all_day, remind_at, status, series_id, occurrence, created_by, created_at, completed_at") =>
        [.. (await App.Database.RowsAsync($"select to_jsonb(r)::text as row from (select {columns} from tasks where family_id = '{family.Id}' order by title, status) r")).Select(row => (string)row["row"]!)];
}
