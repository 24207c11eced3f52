using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_a_family_of_five_plans_its_week(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task Each_sees_what_the_others_do()
    {
        var alex = await SignedInAsync(DemoFamily.Owner);
        await alex.Locator("#me").ClickAsync();
        foreach (var child in (string[])["Mia", "Leo", "Ida"])
        {
            await Button(alex, "Add a member").ClickAsync();
            await alex.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync(child);
            await alex.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
            await SeesAsync(alex.Locator(".member").Filter(new() { HasText = child }));
        }

        // Alex plans at the desk, and Sam looks at the phone.
        await GoToAsync(alex, "Plan");
        await AddAsync(alex, "Swimming", "Tomorrow", "Mia", "Every week");
        await AddAsync(alex, "Dentist", "No date", "Leo");
        await AddAsync(alex, "Pack the bags", "Today");
        var sam = await SignedInAsync(DemoFamily.Second, ColorScheme.Dark, phone: true);
        await GoToAsync(sam, "Plan");
        await SeesAsync(Group(sam, "Tomorrow").Locator(".task").GetByText("every week"));
        await SeesAsync(Row(sam, "Swimming").GetByRole(AriaRole.Img, new() { Name = "For Mia" }));

        // What is said comes beside what is typed.
        await App.TextAsync("buy milk today", DemoFamily.Second.Phone);
        await SeesAsync(Group(alex, "Today").GetByText("milk"));

        // Sam puts off, Alex sees it; Alex skips, Sam sees the week after.
        await Button(sam, "Put off: Pack the bags").ClickAsync();
        await sam.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = new("^Tomorrow") }).ClickAsync();
        await SeesAsync(Group(alex, "Tomorrow").GetByText("Pack the bags"));
        await Button(alex, "Put off: Swimming").ClickAsync();
        await Button(alex, "Skip this one").ClickAsync();
        await SeesAsync(Group(sam, "Later").GetByText("Swimming"));

        // Leo's tasks alone; done with a key.
        await Button(sam, "Search and filter").ClickAsync();
        await sam.GetByLabel("Person").SelectOptionAsync("Leo");
        await Assertions.Expect(sam.Locator(".task:not(.leaving)")).ToHaveCountAsync(1);
        await Button(sam, "Done: Dentist").ClickAsync();
        await SeesAsync(sam.GetByText("Nothing matches"));
        await SeesNoneAsync(Row(alex, "Dentist"));
        await GoToAsync(alex, "Done");
        await SeesAsync(Row(alex, "Dentist"));
    }

    private static async Task AddAsync(IPage page, string title, string when, string? who = null, string? repeats = null)
    {
        await page.GetByLabel("Add a task").FillAsync(title);
        var form = page.Locator("#quick-add");
        await form.Locator("[name=when]").SelectOptionAsync(when);
        await form.Locator("[name=assignee]").SelectOptionAsync(who ?? "Anyone");
        await form.Locator("[name=recurrence]").SelectOptionAsync(repeats ?? "No");
        await Button(page, "Add").ClickAsync();
        await SeesAsync(Row(page, title));
    }
}
