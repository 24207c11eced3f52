using System.Text.Json;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Calendar;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_task_is_for_several_members(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily family = null!;
    private MemberClient owner = null!;
    private Guid ann;
    private Guid ben;
    private Guid kim;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "admin", "member");
        owner = await App.SignInAsync(family.Of("owner"));
        (ann, ben, kim) = (family.Of("owner").UserId, family.Of("admin").UserId, family.Of("member").UserId);
    }

    [Fact]
    public async Task All_of_them_are_kept_in_order_and_the_first_is_the_assignee()
    {
        var made = await AddAsync(new { title = "Paint the fence", assignees = new[] { kim, ben, kim } });

        Assert.Empty(ApiDocument.Mistakes(made, "Task"));
        Assert.Equal([kim, ben], Assignees(made));
        Assert.Equal(kim.ToString(), made.Text("assignee"));

        Assert.Equal([ben, ann], Assignees(await ChangeAsync(made, new { assignees = new[] { ben, ann } })));
        Assert.Equal([ben, ann], Assignees(await ChangeAsync(made, new { title = "Paint the gate" })));
        Assert.Equal([kim], Assignees(await ChangeAsync(made, new { assignees = new[] { kim }, assignee = ben })));
        Assert.Equal((0, JsonValueKind.Null), await ChangeAsync(made, new { assignees = Array.Empty<Guid>() }) is var none ? (Assignees(none).Length, none.GetProperty("assignee").ValueKind) : default);
    }

    [Fact]
    public async Task Who_names_one_assignee_means_just_that_one()
    {
        Assert.Equal([ben], Assignees(await AddAsync(new { title = "Bins", assignee = ben })));
        var made = await AddAsync(new { title = "Paint the fence", assignees = new[] { kim, ben } });

        Assert.Equal([kim], Assignees(await ChangeAsync(made, new { assignee = kim })));
        Assert.Empty(Assignees(await ChangeAsync(made, new { assignee = (Guid?)null })));
    }

    [Fact]
    public async Task Each_of_them_finds_it_among_their_own()
    {
        await AddAsync(new { title = "Paint the fence", assignees = new[] { kim, ben }, due_at = "2030-06-01" });
        var member = await App.SignInAsync(family.Of("member"));

        foreach (var (who, query) in new[] { (member, "me"), (owner, $"{ben}"), (owner, $"{kim}") })
            Assert.Equal("Paint the fence", Assert.Single((await who.GetAsync($"/api/tasks?assignee={query}")).Json.GetProperty("tasks").EnumerateArray()).Text("title"));
        foreach (var query in new[] { "me", "none" })
            Assert.Empty((await owner.GetAsync($"/api/tasks?assignee={query}")).Json.GetProperty("tasks").EnumerateArray());

        var calendar = await member.PostAsync("/api/calendar-feeds/mine", new { });
        var familys = await member.PostAsync("/api/calendar-feeds/family", new { });
        Assert.Equal("Paint the fence", Assert.Single((await CalendarAsync(calendar)).Events).Summary);
        Assert.Equal($"Paint the fence ({family.Of("member").Name}, {family.Of("admin").Name})", Assert.Single((await CalendarAsync(familys)).Events).Summary);
    }

    [Fact]
    public async Task Who_leaves_goes_from_it_and_the_others_stay()
    {
        var task = await AddAsync(new { title = "Paint the fence", assignees = new[] { kim, ben, ann } });
        var series = await AddAsync(new { title = "Bins", assignees = new[] { ben, kim }, due_at = "2030-06-03", recurrence = "FREQ=WEEKLY" });

        Assert.Equal(204, (await owner.DeleteAsync($"/api/members/{kim}")).Status);

        var left = (await owner.GetAsync($"/api/tasks/{task.Text("id")}")).Json;
        Assert.Equal([ben, ann], Assignees(left));
        Assert.Equal(ben.ToString(), left.Text("assignee"));
        await ChangeAsync(series, new { status = "done" });
        Assert.Equal([ben], Assignees(await OpenAsync("Bins")));
    }

    [Fact]
    public async Task Every_occurrence_of_a_series_is_theirs_and_given_by_whoever_gave_the_first()
    {
        var first = await AddAsync(new { title = "Bins", assignees = new[] { kim, ben }, due_at = "2030-06-03", recurrence = "FREQ=WEEKLY" });
        var member = await App.SignInAsync(family.Of("member"));
        await member.PatchAsync($"/api/tasks/{first.Text("id")}", new { assignees = new[] { kim }, status = "done" });

        var second = await OpenAsync("Bins");

        Assert.Equal([kim, ben], Assignees(second));
        // Without assigned_at: nobody is told of each of them.
        Assert.True(await App.Database.ScalarAsync<bool>("select assigned_by = $2 and assigned_at is null from tasks where id = $1", Guid.Parse(second.Text("id")!), ann));
    }

    [Theory]
    [InlineData("""["0f000000-0000-4000-8000-000000000011"]""")]
    [InlineData("""["OWN","0f000000-0000-4000-8000-000000000011"]""")]
    [InlineData("""["Sam"]""")]
    [InlineData("""[null]""")]
    [InlineData(""" "OWN" """)]
    [InlineData("null")]
    public async Task Who_is_not_in_the_family_is_refused_with_the_whole_list(string assignees)
    {
        var own = assignees.Replace("OWN", ben.ToString(), StringComparison.Ordinal);
        var task = await AddAsync(new { title = "Bins", assignee = ben });

        var added = await owner.PostAsync("/api/tasks", $$"""{"title":"x","assignees":{{own}}}""");
        var changed = await owner.PatchAsync($"/api/tasks/{task.Text("id")}", $$"""{"assignees":{{own}}}""");

        Assert.All([added, changed], answer => Assert.Equal((400, "assignees"), (answer.Status, string.Join(',', answer.WrongFields()))));
        Assert.Equal([ben], Assignees((await owner.GetAsync($"/api/tasks/{task.Text("id")}")).Json));
    }

    private static Guid[] Assignees(JsonElement task) => [.. task.GetProperty("assignees").EnumerateArray().Select(id => id.GetGuid())];

    private async Task<JsonElement> AddAsync(object task)
    {
        var made = await owner.PostAsync("/api/tasks", task);
        Assert.True(made.Status == 201, made.Body);
        return made.Json;
    }

    private async Task<JsonElement> ChangeAsync(JsonElement task, object changes)
    {
        var changed = await owner.PatchAsync($"/api/tasks/{task.Text("id")}", changes);
        Assert.True(changed.Status == 200, changed.Body);
        return changed.Json;
    }

    private async Task<JsonElement> OpenAsync(string title) =>
        (await owner.GetAsync("/api/tasks?status=open")).Json.GetProperty("tasks").EnumerateArray().Single(task => task.Text("title") == title);

    private async Task<ICalendar> CalendarAsync(Answer address) =>
        await ICalendar.ReadAsync((await new MemberClient(App, null).GetAsync(new Uri(address.Json.Text("url")!).AbsolutePath)).Body);
}
