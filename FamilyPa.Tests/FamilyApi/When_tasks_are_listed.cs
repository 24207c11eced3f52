using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_tasks_are_listed(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily family = null!;
    private MemberClient owner = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "member");
        owner = await App.SignInAsync(family.Of("owner"));
        await App.Database.ExecuteAsync(
            """
            insert into tasks (family_id, title, notes, category, status, assignee, needs_review, due_at, created_at, updated_at, completed_at) values
            ($1, 'b', null, null, 'open', $2, false, '2026-12-02T10:00Z', '2026-11-01T10:00Z', '2026-11-01T10:00Z', null),
            ($1, 'a', '100% wool_', null, 'in_progress', null, true, '2026-12-01T10:00Z', '2026-11-02T10:00Z', '2026-11-05T10:00Z', null),
            ($1, 'd', 'Café', 'school', 'open', null, false, null, '2026-11-03T10:00Z', '2026-11-03T10:00Z', null),
            ($1, 'c', null, null, 'done', $2, false, '2026-12-03T10:00Z', '2026-11-04T10:00Z', '2026-11-06T10:00Z', now()),
            ($1, 'e', null, null, 'canceled', null, false, null, '2026-11-05T10:00Z', '2026-11-04T10:00Z', null)
            """,
            family.Id, family.Of("member").UserId);
    }

    [Theory]
    [InlineData("", "abcde")]
    [InlineData("status=open,in_progress", "abd")]
    [InlineData("status=done", "c")]
    [InlineData("status=open&status=done", "bcd")]
    [InlineData("assignee=none", "ade")]
    [InlineData("assignee=me", "")]
    [InlineData("assignee=MEMBER", "bc")]
    [InlineData("needs_review=true", "a")]
    [InlineData("needs_review=false", "bcde")]
    [InlineData("due=none", "de")]
    [InlineData("due_before=2026-12-02T10:00:00Z", "a")]
    [InlineData("due_after=2026-12-02T10:00:00Z", "bc")]
    [InlineData("due_after=2026-12-02&due_before=2026-12-03", "b")]
    [InlineData("updated_since=2026-11-05T00:00:00%2B00:00", "ac")]
    [InlineData("q=WOOL_", "a")]
    [InlineData("q=w%C3%B3ol", "a")]
    [InlineData("q=CAFE", "d")]
    [InlineData("q=m%C3%A9mber", "bc")]
    [InlineData("category=school", "d")]
    [InlineData("q=0%25", "a")]
    [InlineData("q=%25", "a")]
    [InlineData("q=%5C", "")]
    [InlineData("sort=created", "ecdab")]
    [InlineData("sort=updated", "caedb")]
    [InlineData("sort=completed&status=done", "c")]
    public async Task A_filter_gives_just_what_it_means_in_order(string query, string expected)
    {
        query = query.Replace("MEMBER", family.Of("member").UserId.ToString(), StringComparison.Ordinal);

        // Those without a date have no other order than their ids: only which they are is looked at.
        var whole = Titles(await owner.GetAsync($"/api/tasks?{query}"));
        var paged = await PagedAsync(query);

        Assert.Equal(whole, paged);
        Assert.Equal(query.Contains("sort", StringComparison.Ordinal) ? expected : Sorted(expected), query.Contains("sort", StringComparison.Ordinal) ? whole : Sorted(whole));
        Assert.Equal(expected.Where(c => c is 'a' or 'b' or 'c'), whole.Where(c => c is 'a' or 'b' or 'c'));

        static string Sorted(string text) => string.Concat(text.Order());
    }

    [Fact]
    public async Task Rows_that_come_and_go_between_pages_shift_nothing()
    {
        var first = await owner.GetAsync("/api/tasks?limit=2&sort=created");
        Assert.Equal("ec", Titles(first));
        await owner.PostAsync("/api/tasks", new { title = "f" });
        await App.Database.ExecuteAsync("delete from tasks where title = 'd' and family_id = $1", family.Id);

        Assert.Equal("ab", Titles(await owner.GetAsync($"/api/tasks?limit=2&sort=created&cursor={first.Json.Text("next_cursor")}")));
    }

    [Fact]
    public async Task A_page_that_looks_again_is_told_that_nothing_is_new()
    {
        var first = await owner.GetAsync("/api/tasks?status=open");
        var tag = first.Headers["ETag"];
        Assert.StartsWith("W/\"", tag, StringComparison.Ordinal);

        var again = await owner.GetAsync("/api/tasks?status=open", ("If-None-Match", tag));
        Assert.Equal((304, "", tag), (again.Status, again.Body, again.Headers["ETag"]));
        Assert.Equal(304, (await owner.GetAsync("/api/tasks?status=open", ("If-None-Match", $"\"x\", {tag}"))).Status);

        await owner.PostAsync("/api/tasks", new { title = "f" });
        var changed = await owner.GetAsync("/api/tasks?status=open", ("If-None-Match", tag));
        Assert.Equal(200, changed.Status);
        Assert.NotEqual(tag, changed.Headers["ETag"]);
    }

    [Theory]
    [InlineData("status=lost", "status")]
    [InlineData("status=", "status")]
    [InlineData("assignee=Sam", "assignee")]
    [InlineData("due=today", "due")]
    [InlineData("needs_review=perhaps", "needs_review")]
    [InlineData("due_before=soon", "due_before")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("cursor=MTpTTTE", "cursor")]
    [InlineData("sort=title", "sort")]
    [InlineData("q=", "q")]
    [InlineData("family_id=0f000000-0000-4000-8000-000000000001", "family_id")]
    public async Task What_makes_no_sense_is_a_clear_400(string query, string field)
    {
        var answer = await owner.GetAsync($"/api/tasks?{query}");

        Assert.Equal((400, "invalid_request", field), (answer.Status, answer.Code(), string.Join(',', answer.WrongFields())));
    }

    private async Task<string> PagedAsync(string query)
    {
        var titles = "";
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await owner.GetAsync($"/api/tasks?limit=1&{query}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            titles += Titles(page);
            cursor = page.Json.GetProperty("next_cursor").GetString();
        }

        return titles;
    }

    private static string Titles(Answer answer) => string.Concat(answer.Json.GetProperty("tasks").EnumerateArray().Select(task => task.Text("title")));
}
