using System.Text.Json;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_member_makes_a_task_recur(FastApp app) : AppTest<FastApp>(app)
{
    private MemberClient owner = null!;
    private MemberClient member = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var family = await App.AddFamilyAsync("owner", "member");
        owner = await App.SignInAsync(family.Of("owner"));
        member = await App.SignInAsync(family.Of("member"));
    }

    [Fact]
    public async Task Completing_it_creates_the_next_and_reopening_takes_that_back()
    {
        var made = await AddAsync(new { title = "Bins", due_at = "2030-12-02", recurrence = "freq=weekly;byday=mo" });
        Assert.Empty(ApiDocument.Mistakes(made, "Task"));
        Assert.Equal("FREQ=WEEKLY;BYDAY=MO", made.Text("recurrence"));

        await ChangeAsync(made, new { status = "done" });

        var next = Assert.Single(await OpenAsync());
        Assert.Equal(("Bins", "2030-12-09", "FREQ=WEEKLY;BYDAY=MO", made.Text("series_id"), made.Text("created_by")),
            (next.Text("title"), next.Text("due_at")![..10], next.Text("recurrence"), next.Text("series_id"), next.Text("created_by")));

        await ChangeAsync(made, new { status = "open" });
        Assert.Equal(made.Text("id"), Assert.Single(await OpenAsync()).Text("id"));
    }

    [Fact]
    public async Task Without_a_due_date_it_is_due_on_the_rules_first_day()
    {
        var made = await AddAsync(new { title = "Rent", recurrence = "FREQ=MONTHLY;BYMONTHDAY=1" });

        Assert.Equal("01", made.Text("due_at")![8..10]);
        Assert.True(made.GetProperty("due_all_day").GetBoolean());
    }

    [Fact]
    public async Task A_change_is_of_one_occurrence_or_with_the_rule_of_all_that_follow()
    {
        var first = await AddAsync(new { title = "Bins", due_at = "2030-12-02", recurrence = "FREQ=WEEKLY" });
        await ChangeAsync(first, new { title = "Bins, twice as full", due_at = "2030-12-03", status = "done" });

        var second = Assert.Single(await OpenAsync());
        Assert.Equal(("Bins", "2030-12-09"), (second.Text("title"), second.Text("due_at")![..10]));

        await ChangeAsync(second, new { title = "Bins and paper", due_at = "2030-12-10T18:00", recurrence = "FREQ=WEEKLY" });
        await ChangeAsync(second, new { status = "done" });

        var third = Assert.Single(await OpenAsync());
        Assert.Equal(("Bins and paper", "2030-12-17T18:00:00+00:00"), (third.Text("title"), third.Text("due_at")));
    }

    [Fact]
    public async Task It_is_skipped_or_ended()
    {
        var first = await AddAsync(new { title = "Bins", due_at = "2030-12-02", recurrence = "FREQ=WEEKLY" });
        await ChangeAsync(first, new { status = "canceled" });
        var second = Assert.Single(await OpenAsync());

        var ended = await ChangeAsync(second, new { recurrence = (string?)null });
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("recurrence").ValueKind);
        await ChangeAsync(second, new { status = "done" });

        Assert.Empty(await OpenAsync());
    }

    [Theory]
    [InlineData("FREQ=HOURLY")]
    [InlineData("every Monday")]
    public async Task What_is_no_rule_is_refused(string recurrence)
    {
        var refused = await owner.PostAsync("/api/tasks", new { title = "Bins", recurrence });

        Assert.Equal(400, refused.Status);
        Assert.Contains("RRULE", refused.Json.GetProperty("errors").GetProperty("recurrence")[0].GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> AddAsync(object task)
    {
        var made = await owner.PostAsync("/api/tasks", task);
        Assert.Equal(201, made.Status);
        return made.Json;
    }

    private async Task<JsonElement> ChangeAsync(JsonElement task, object change)
    {
        var changed = await member.PatchAsync($"/api/tasks/{task.Text("id")}", change);
        Assert.Equal(200, changed.Status);
        return changed.Json;
    }

    private async Task<IReadOnlyList<JsonElement>> OpenAsync() => [.. (await owner.GetAsync("/api/tasks?status=open")).Json.GetProperty("tasks").EnumerateArray()];
}
