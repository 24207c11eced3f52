using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Board;

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
