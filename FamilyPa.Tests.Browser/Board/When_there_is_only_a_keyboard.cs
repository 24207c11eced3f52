using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_there_is_only_a_keyboard(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task Everything_can_be_done()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.ReloadAsync();
        await SeesAsync(page.GetByText("Nothing left for today"));
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("Skip to the tasks")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, page.GetByLabel("Add a task"));
        await page.Keyboard.TypeAsync("Read a book");
        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(Row(page, "Read a book"));

        // Open it, change it, and be back where one was.
        await TabToAsync(page, Row(page, "Read a book").Locator("[data-part=open]"));
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, page.GetByRole(AriaRole.Dialog).GetByLabel("Title"));
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.TypeAsync(" or two");
        await page.Keyboard.PressAsync("Enter");
        await SeesNoneAsync(page.GetByRole(AriaRole.Dialog));
        await Assertions.Expect(Row(page, "Read a book or two").Locator("[data-part=open]")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(page.GetByRole(AriaRole.Dialog));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Row(page, "Read a book or two").Locator("[data-part=open]")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Space");
        await SeesNoneAsync(Row(page, "Read a book or two"));
        await page.Keyboard.PressAsync("Control+z");
        await SeesAsync(Row(page, "Read a book or two"));
    }

    private static async Task TabToAsync(IPage page, ILocator target)
    {
        for (var presses = 0; presses < 30; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
        }

        Assert.Fail("The keyboard does not get there.");
    }
}
