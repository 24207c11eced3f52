using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_the_board_is_filtered(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task It_shows_one_persons_or_one_lists_tasks_in_every_view()
    {
        await AddAsync("Buy milk", due: "now");
        await AddAsync("Buy stamps");
        await AddAsync("Mow the lawn");
        await App.Database.ExecuteAsync("update tasks set category = 'shopping' where title like 'Buy%'");
        await App.Database.ExecuteAsync("update tasks set assignee = $1 where title <> 'Mow the lawn'", DemoFamily.Second.UserId);
        await App.Database.ExecuteAsync("update tasks set assignee = $1 where title = 'Mow the lawn'", DemoFamily.Owner.UserId);
        var page = await SignedInAsync(DemoFamily.Owner, phone: true);
        await GoToAsync(page, "Someday");
        await Button(page, "Search and filter").ClickAsync();
        await page.GetByLabel("Person").SelectOptionAsync("Sam");
        await SeesNoneAsync(Row(page, "Mow the lawn"));
        await SeesAsync(Row(page, "Buy stamps"));

        // A link and a reload keep it.
        await page.Locator("#filter [name=list]").SelectOptionAsync("shopping");
        await GoToAsync(page, "Today");
        await SeesAsync(Row(page, "Buy milk"));
        await page.ReloadAsync();
        await SeesAsync(Row(page, "Buy milk"));
        await Assertions.Expect(page.GetByLabel("Person")).ToHaveValueAsync(DemoFamily.Second.UserId.ToString());
        await GoToAsync(page, "Someday");
        await SeesAsync(Row(page, "Buy stamps"));
        await SeesNoneAsync(Row(page, "Mow the lawn"));

        await Button(page, "Clear").ClickAsync();
        await SeesAsync(Row(page, "Mow the lawn"));
        await Assertions.Expect(page.GetByLabel("Person")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_search_finds_titles_notes_and_people_whatever_the_accents()
    {
        await AddAsync("Acheter de la crème fraîche");
        var notes = await AddAsync("Bake");
        await App.Database.ExecuteAsync("update tasks set notes = 'A CRÈME caramel' where id = $1", notes);
        var hers = await AddAsync("Mow the lawn");
        await App.Database.ExecuteAsync("update tasks set assignee = $2 where id = $1", hers, DemoFamily.Second.UserId);
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("creme");
        await SeesNoneAsync(Row(page, "Mow the lawn"));
        await AnswersAsync(page, 2);

        await page.GetByLabel("Search", new() { Exact = true }).FillAsync("sam");
        await SeesAsync(Row(page, "Mow the lawn"));
        await AnswersAsync(page, 1);

        await page.GetByLabel("Search", new() { Exact = true }).FillAsync("nothing of the kind");
        await SeesAsync(page.GetByText("Nothing matches"));
        await Button(page, "Clear the filter").ClickAsync();
        await AnswersAsync(page, 3);
        Assert.DoesNotContain('#', page.Url);
    }

    [Fact]
    public async Task What_is_done_on_a_list_is_cleared_once_it_is_meant()
    {
        await AddAsync("Buy milk", due: "yesterday", status: "done");
        await AddAsync("Mow the lawn", due: "yesterday", status: "done");
        await AddAsync("Pack the tent");
        await App.Database.ExecuteAsync("update tasks set category = case title when 'Buy milk' then 'shopping' when 'Pack the tent' then 'packing' end");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Done");
        await Button(page, "Search and filter").ClickAsync();
        await SeesAsync(Row(page, "Mow the lawn"));
        await page.Locator("#filter [name=list]").SelectOptionAsync("packing");
        await SeesAsync(page.GetByText("Nothing matches"));
        await page.Locator("#filter [name=list]").SelectOptionAsync("shopping");
        await Button(page, "Clear what is done on “shopping”").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();

        await SeesAsync(page.GetByText("Cleared: 1 task."));
        await SeesNoneAsync(Row(page, "Buy milk"));
        await Button(page, "Clear").ClickAsync();
        await SeesAsync(Row(page, "Mow the lawn"));
        Assert.Equal("canceled", await App.Database.ScalarAsync<string>("select status from tasks where title = 'Buy milk'"));
    }

    [Fact]
    public async Task What_is_added_and_does_not_match_is_not_lost_silently()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await Button(page, "Search and filter").ClickAsync();
        await page.GetByLabel("Person").SelectOptionAsync("Sam");
        await page.GetByLabel("Add a task").FillAsync("Water the plants");
        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(page.GetByText("Added. The filter hides it: Water the plants"));
    }

    /// <summary>Both what the page finds and what the server does.</summary>
    private static async Task AnswersAsync(IPage page, int expected)
    {
        await page.WaitForResponseAsync(answer => answer.Url.Contains("due=none", StringComparison.Ordinal) && answer.Status is 200 or 304);
        await Assertions.Expect(page.Locator(".task:not(.leaving)")).ToHaveCountAsync(expected);
    }
}
