using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_two_people_use_the_board(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task Of_two_people_who_edit_one_task_the_second_is_told_and_loses_nothing()
    {
        var id = await AddAsync("Plan the holiday");
        var alex = await SignedInAsync(DemoFamily.Owner);
        var sam = await SignedInAsync(DemoFamily.Second);
        foreach (var page in new[] { alex, sam })
        {
            await GoToAsync(page, "Someday");
            await page.GetByText("Plan the holiday", new() { Exact = true }).ClickAsync();
        }

        await alex.GetByRole(AriaRole.Dialog).GetByLabel("Title").FillAsync("Plan the summer holiday");
        await alex.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesNoneAsync(alex.GetByRole(AriaRole.Dialog));
        await sam.GetByRole(AriaRole.Dialog).GetByLabel("Notes").FillAsync("By train");
        await sam.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await SeesAsync(sam.GetByRole(AriaRole.Alert).GetByText("Somebody changed this task"));
        await Assertions.Expect(sam.GetByRole(AriaRole.Dialog).GetByLabel("Title")).ToHaveValueAsync("Plan the summer holiday");
        await sam.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesNoneAsync(sam.GetByRole(AriaRole.Dialog));
        var stored = Assert.Single(await App.Database.RowsAsync("select title, notes from tasks where id = $1", id));
        Assert.Equal(("Plan the summer holiday", "By train"), ((string)stored["title"]!, (string)stored["notes"]!));
    }

    [Fact]
    public async Task Of_two_people_who_edit_the_family_the_second_is_told_and_loses_nothing()
    {
        var (first, second) = (await SignedInAsync(DemoFamily.Owner), await SignedInAsync(DemoFamily.Owner));
        foreach (var page in new[] { first, second })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
            await Assertions.Expect(page.GetByLabel("Name")).ToHaveValueAsync(DemoFamily.Name);
        }

        await first.GetByLabel("Name").FillAsync("The Larches");
        await Button(first, "Save").ClickAsync();
        await SeesAsync(first.GetByText("Saved."));
        await second.GetByLabel("Time zone").FillAsync("Europe/Dublin");
        await Button(second, "Save").ClickAsync();

        await SeesAsync(second.GetByRole(AriaRole.Alert).GetByText("Somebody changed the family while you were editing it."));
        await Assertions.Expect(second.GetByLabel("Name")).ToHaveValueAsync("The Larches");
        await Assertions.Expect(second.GetByLabel("Time zone")).ToHaveValueAsync("Europe/Dublin");
        await Button(second, "Save").ClickAsync();
        await SeesAsync(second.GetByText("Saved."));
        var stored = Assert.Single(await App.Database.RowsAsync("select name, timezone from families where id = $1", DemoFamily.FamilyId));
        Assert.Equal(("The Larches", "Europe/Dublin"), ((string)stored["name"]!, (string)stored["timezone"]!));

        // What one saved oneself is no surprise.
        await second.GetByLabel("Language").SelectOptionAsync("English (US)");
        await Button(second, "Save").ClickAsync();
        await App.WaitForAsync(() => App.Database.ScalarAsync<string>("select locale from families where id = $1", DemoFamily.FamilyId), locale => locale == "en-US", "the language");
    }

    [Fact]
    public async Task Of_two_people_who_give_a_member_another_role_the_second_is_told_and_can_still_mean_it()
    {
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name) values ($1, 'Ruth')", DemoFamily.FamilyId);
        var (first, second) = (await SignedInAsync(DemoFamily.Owner), await SignedInAsync(DemoFamily.Owner));
        foreach (var page in new[] { first, second })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
            await Assertions.Expect(page.GetByLabel("Role of Ruth")).ToHaveValueAsync("member");
        }

        await first.GetByLabel("Role of Ruth").SelectOptionAsync("Admin");
        await SeesAsync(first.GetByText("Ruth is now admin."));
        await second.GetByLabel("Role of Ruth").SelectOptionAsync("Owner");

        await SeesAsync(second.GetByText("Somebody changed Ruth meanwhile: admin now."));
        await Assertions.Expect(second.GetByLabel("Role of Ruth")).ToHaveValueAsync("admin");
        Assert.Equal("admin", await RoleAsync());
        await Button(second, "Make owner").ClickAsync();
        await SeesAsync(second.GetByText("Ruth is now owner."));
        Assert.Equal("owner", await RoleAsync());

        Task<string> RoleAsync() => App.Database.ScalarAsync<string>("select role from family_members where display_name = 'Ruth'");
    }

    [Fact]
    public async Task A_task_is_deleted_by_who_may_once_they_mean_it()
    {
        await AddAsync("Buy a pony");
        var sam = await SignedInAsync(DemoFamily.Second);
        await GoToAsync(sam, "Someday");
        await sam.GetByText("Buy a pony", new() { Exact = true }).ClickAsync();
        await SeesNoneAsync(Button(sam, "Delete").And(sam.Locator(":visible")));

        var alex = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(alex, "Someday");
        await alex.GetByText("Buy a pony", new() { Exact = true }).ClickAsync();
        await Button(alex, "Delete").ClickAsync();
        var question = alex.GetByRole(AriaRole.Alertdialog);
        await question.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal(1L, await App.Database.ScalarAsync<long>("select count(*) from tasks"));
        await Button(alex, "Delete").ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await SeesNoneAsync(Row(alex, "Buy a pony"));
        Assert.Equal(0L, await App.Database.ScalarAsync<long>("select count(*) from tasks"));

        // Who still looks at it is told.
        await sam.GetByRole(AriaRole.Dialog).GetByLabel("Title").FillAsync("Buy two ponies");
        await Button(sam, "Save").ClickAsync();
        await SeesAsync(sam.GetByText("Somebody deleted this task meanwhile."));
        await SeesNoneAsync(Row(sam, "Buy a pony"));
    }
}
