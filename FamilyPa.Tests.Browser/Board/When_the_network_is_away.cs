using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_the_network_is_away(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task What_was_last_seen_is_shown_and_nothing_pretends_to_be_saved()
    {
        await AddAsync("Feed the cat");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        await SeesAsync(Row(page, "Feed the cat"));
        await page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();

        await SeesAsync(page.GetByText("You are offline. This is what was last seen"));
        await SeesAsync(Row(page, "Feed the cat"));
        await Button(page, "Done: Feed the cat").ClickAsync();
        await SeesAsync(page.GetByText("Nothing was changed."));
        await SeesAsync(Row(page, "Feed the cat"));

        await AddAsync("Feed the dog");
        await page.Context.SetOfflineAsync(false);
        await SeesAsync(Row(page, "Feed the dog"));
        await Assertions.Expect(page.Locator("#offline")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Nobody_else_sees_it()
    {
        await AddAsync("A present for Sam");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        await SeesAsync(Row(page, "A present for Sam"));
        await page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");

        // Left without a network: nothing is shown any more, and the session ends as soon as the server can be told.
        await page.Context.SetOfflineAsync(true);
        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        await Button(page, "Sign out").ClickAsync();
        await SeesAsync(page.GetByLabel("Phone number"));
        await page.GotoAsync("/board");
        await SeesAsync(page.GetByText("This device has no saved tasks to show."));
        Assert.DoesNotContain("A present for Sam", await page.ContentAsync(), StringComparison.Ordinal);

        await page.Context.SetOfflineAsync(false);
        await Button(page, "Try again").ClickAsync();
        await SeesAsync(page.GetByLabel("Phone number"));
        Assert.Empty(await page.Context.CookiesAsync());
    }

    [Fact]
    public async Task A_server_in_trouble_is_told_apart_from_an_empty_list()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.Context.RouteAsync("**/api/tasks*", route => route.FulfillAsync(new() { Status = 500, ContentType = "application/problem+json", Body = "{}" }));
        await page.ReloadAsync();
        await SeesAsync(page.GetByText("The board could not be loaded"));

        await page.Context.UnrouteAllAsync();
        await Button(page, "Try again").ClickAsync();
        await SeesAsync(page.GetByText("Nothing left for today"));
    }
}
