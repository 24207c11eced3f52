using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_members_are_managed(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task An_owner_invites_a_member_who_accepts()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        await Button(page, "Add a member").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Grandma Ruth");
        await dialog.GetByLabel("Phone number").FillAsync("not a number");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        await SeesAsync(dialog.GetByRole(AriaRole.Alert).GetByText("Phone number:"));
        await dialog.GetByLabel("Phone number").FillAsync("+44 7700 900199");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();

        await SeesAsync(page.Locator(".member").Filter(new() { HasText = "Grandma Ruth" }));
        await App.Twilio.WaitForMessageAsync(message => message.To.EndsWith("+447700900199", StringComparison.Ordinal), TimeSpan.FromSeconds(15));

        await SeesAsync(page.Locator(".member").Filter(new() { HasText = "Grandma Ruth" }).GetByText("invited, waiting for an answer"));
        await Assertions.Expect(page.GetByLabel("Role of Grandma Ruth")).ToBeHiddenAsync();

        await App.PostAsync(App.Form("yes", "+447700900199"));
        await page.ReloadAsync();
        await page.GetByLabel("Role of Grandma Ruth").SelectOptionAsync("Admin");
        await SeesAsync(page.GetByText("Grandma Ruth is now admin."));
        await page.GetByLabel("Remove Grandma Ruth").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await SeesNoneAsync(page.Locator(".member").Filter(new() { HasText = "Grandma Ruth" }));
    }

    [Fact]
    public async Task Who_is_in_two_families_switches_between_them_and_others_see_no_switch()
    {
        var garcia = await App.Database.ScalarAsync<Guid>("insert into families (name, timezone) values ('Garcia', 'Europe/London') returning id");
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name, phone_e164) values ($1, 'Kim', $2)", garcia, DemoFamily.Second.Phone);
        await App.Database.ExecuteAsync("insert into tasks (family_id, title, due_at) values ($1, 'Buy bread', now())", garcia);
        await AddAsync("Water the plants", DateTime.UtcNow.ToString("o"), allDay: false);
        var page = await SignedInAsync(DemoFamily.Second);
        await SeesAsync(Row(page, "Water the plants"));

        await Switch(page).SelectOptionAsync("Garcia");

        await SeesAsync(Row(page, "Buy bread"));
        await SeesNoneAsync(Row(page, "Water the plants"));
        await Assertions.Expect(Switch(page)).ToHaveValueAsync(garcia.ToString());
        await SeesAsync(Row(await SignedInAsync(DemoFamily.Owner), "Water the plants"));
        await Assertions.Expect(Switch(await SignedInAsync(DemoFamily.Owner))).ToBeHiddenAsync();

        static ILocator Switch(IPage page) => page.Locator("#families");
    }

    [Fact]
    public async Task Who_could_not_be_told_is_not_called_invited()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        // As the API answers while the queue of notices is away.
        await page.RouteAsync("**/api/members", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("\"invited\":true", "\"invited\":false", StringComparison.Ordinal) });
        });
        await Button(page, "Add a member").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Grandpa Joe");
        await dialog.GetByLabel("Phone number").FillAsync("+44 7700 900198");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();

        await SeesAsync(page.GetByText("Grandpa Joe is invited, but we could not write to them."));
        await SeesAsync(page.Locator(".member").Filter(new() { HasText = "Grandpa Joe" }));
    }

    [Fact]
    public async Task Who_is_invited_again_because_no_answer_came_is_added_once()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        await page.RouteAsync("**/api/members", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
        }, new() { Times = 1 });
        await Button(page, "Add a member").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Aunt May");
        await dialog.GetByLabel("Phone number").FillAsync("+44 7700 900197");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        await SeesAsync(dialog.GetByRole(AriaRole.Alert).GetByText("cannot be reached"));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();

        await SeesAsync(page.GetByText("Aunt May is invited."));
        await Assertions.Expect(page.Locator(".member").Filter(new() { HasText = "Aunt May" })).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_plain_member_is_offered_nothing_they_may_not_do()
    {
        var page = await SignedInAsync(DemoFamily.Second);
        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        await SeesAsync(page.Locator(".member").Filter(new() { HasText = "Sam (you)" }));

        await Assertions.Expect(Button(page, "Add a member")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByLabel("Role of Alex")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByLabel("Time zone")).ToBeHiddenAsync();
    }
}
