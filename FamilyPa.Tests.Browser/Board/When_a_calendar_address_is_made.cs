using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_a_calendar_address_is_made(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task It_is_shown_once_copied_renewed_and_removed()
    {
        await AddAsync("Water the plants", due: "tomorrow");
        var page = await SignedInAsync(DemoFamily.Owner, phone: true);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Locator("#me").ClickAsync();
        await Button(page, "Create address: The whole family’s tasks").ClickAsync();

        await SeesAsync(page.GetByLabel("Address of The whole family’s tasks"));
        var address = await page.GetByLabel("Address of The whole family’s tasks").InputValueAsync();
        await Button(page, "Copy").ClickAsync();
        await SeesAsync(page.GetByText("The address is copied."));
        Assert.Equal(address, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Equal(address, (await page.GetByRole(AriaRole.Link, new() { Name = "Open in a calendar program" }).GetAttributeAsync("href"))!.Replace("webcal:", new Uri(address).Scheme + ":", StringComparison.Ordinal));
        var path = new Uri(address).AbsolutePath;
        Assert.Contains("Water the plants", (await ReadAsync(path)).Body, StringComparison.Ordinal);

        await page.ReloadAsync();
        await SeesAsync(page.GetByText("Has an address."));
        await Assertions.Expect(page.GetByLabel("Address of The whole family’s tasks")).ToBeHiddenAsync();
        await Button(page, "New address: The whole family’s tasks").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "New address" }).ClickAsync();
        await SeesAsync(page.GetByLabel("Address of The whole family’s tasks"));
        var renewed = new Uri(await page.GetByLabel("Address of The whole family’s tasks").InputValueAsync()).AbsolutePath;
        Assert.Equal((404, 200), ((await ReadAsync(path)).Status, (await ReadAsync(renewed)).Status));

        await Button(page, "Remove the address: The whole family’s tasks").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await SeesAsync(Button(page, "Create address: The whole family’s tasks"));
        Assert.Equal(404, (await ReadAsync(renewed)).Status);
    }

    private Task<Answer> ReadAsync(string path) => new MemberClient(App, null).GetAsync(path);
}
