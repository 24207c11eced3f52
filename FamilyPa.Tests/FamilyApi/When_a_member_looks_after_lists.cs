using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_member_looks_after_lists(FastApp app) : AppTest<FastApp>(app)
{
    private MemberClient member = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        member = await App.SignInAsync((await App.AddFamilyAsync("member")).Of("member"));
    }

    [Fact]
    public async Task The_default_lists_come_first_and_the_familys_own_are_there_as_long_as_a_task_is_on_them()
    {
        await AddAsync("Tent", "Packing list");
        await AddAsync("Milk", "Einkaufsliste");
        var boots = await AddAsync("Boots", "packing");
        await member.PatchAsync($"/api/tasks/{boots}", new { status = "done" });

        var lists = await ListsAsync();

        Assert.Equal(["shopping 1 0", "household 0 0", "school 0 0"], lists[..3]);
        Assert.Equal(11, lists.Count);
        Assert.Equal("packing 1 1", lists[^1]);
    }

    [Fact]
    public async Task Clearing_a_list_takes_off_what_is_done()
    {
        var (milk, eggs) = (await AddAsync("Milk", "shopping"), await AddAsync("Eggs", "shopping"));
        var tent = await AddAsync("Tent", "packing & more");
        foreach (var task in new[] { milk, tent })
            await member.PatchAsync($"/api/tasks/{task}", new { status = "done" });

        var cleared = await member.DeleteAsync("/api/lists/shopping/done");

        Assert.Equal((200, 1), (cleared.Status, cleared.Json.GetProperty("cleared").GetInt32()));
        Assert.Equal("canceled", (await member.GetAsync($"/api/tasks/{milk}")).Json.Text("status"));
        Assert.Equal("open", (await member.GetAsync($"/api/tasks/{eggs}")).Json.Text("status"));
        Assert.Equal("packing & more 0 1", (await ListsAsync())[^1]);

        var own = Uri.EscapeDataString("Packing & more");
        Assert.Equal(200, (await member.DeleteAsync($"/api/lists/{own}/done")).Status);
        Assert.Equal(404, (await member.DeleteAsync($"/api/lists/{own}/done")).Status);
        Assert.Equal(10, (await ListsAsync()).Count);
    }

    [Fact]
    public async Task A_lists_name_is_short_and_on_one_line() =>
        Assert.Equal((400, 201), (
            (await member.PostAsync("/api/tasks", new { title = "x", category = new string('x', 41) })).Status,
            (await member.PostAsync("/api/tasks", new { title = "x", category = new string('x', 40) })).Status));

    private async Task<string> AddAsync(string title, string category) => (await member.PostAsync("/api/tasks", new { title, category })).Json.Text("id")!;

    private async Task<List<string>> ListsAsync() =>
    [
        .. (await member.GetAsync("/api/lists")).Json.GetProperty("lists").EnumerateArray()
            .Select(list => $"{list.Text("name")} {list.GetProperty("open").GetInt32()} {list.GetProperty("done").GetInt32()}"),
    ];
}
