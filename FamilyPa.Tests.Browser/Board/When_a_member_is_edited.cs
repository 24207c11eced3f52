using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_a_member_is_edited(BoardApp app) : BoardTest(app)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await App.Database.ExecuteAsync("update family_members set nicknames = '{}', notified = true");
    }

    [Fact]
    public async Task They_get_nicknames_and_are_told_or_not()
    {
        var page = await OpenAsync(DemoFamily.Owner, "Edit Sam");
        await page.GetByLabel("Also called").FillAsync(" Mum, Mummy ,");
        await page.GetByLabel("Messages about tasks").UncheckAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await SeesAsync(page.Locator(".member").Filter(new() { HasText = "Mum, Mummy" }));
        Assert.Equal("Mum|Mummy|false", await App.Database.ScalarAsync<string>(
            "select concat_ws('|', nicknames[1], nicknames[2], notified::text) from family_members where user_id = $1", DemoFamily.Second.UserId));
    }

    [Fact]
    public async Task A_child_without_a_phone_joins_at_once_and_is_not_offered_messages()
    {
        var page = await OpenAsync(DemoFamily.Owner, "Add a member");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Mia");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        await SeesAsync(page.GetByText("Mia is in the family."));

        await Button(page, "Edit Mia").ClickAsync();
        await Assertions.Expect(dialog.GetByLabel("Messages about tasks")).ToBeHiddenAsync();
        await dialog.GetByLabel("Name").FillAsync("Mia Rose");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesAsync(page.Locator(".member").Filter(new() { HasText = "Mia Rose" }));
    }

    [Fact]
    public async Task They_choose_when_their_day_is_summed_up_and_where_they_are()
    {
        var page = await OpenAsync(DemoFamily.Second, "Edit Sam");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("A message each day").CheckAsync();
        await Assertions.Expect(dialog.GetByLabel("At", new() { Exact = true })).ToHaveValueAsync("07:00");
        await dialog.GetByLabel("At", new() { Exact = true }).FillAsync("06:30");
        await dialog.GetByLabel("Time zone").FillAsync("Europe/Lisbon");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesNoneAsync(dialog);
        Assert.Equal("06:30:00 Europe/Lisbon", await StoredAsync());

        await Button(page, "Edit Sam").ClickAsync();
        await Assertions.Expect(dialog.GetByLabel("At", new() { Exact = true })).ToHaveValueAsync("06:30");
        await dialog.GetByLabel("A message each day").UncheckAsync();
        await dialog.GetByLabel("Time zone").FillAsync("");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesNoneAsync(dialog);
        Assert.Equal("", await StoredAsync());

        Task<string> StoredAsync() => App.Database.ScalarAsync<string>("select concat_ws(' ', digest_at, timezone) from family_members where user_id = $1", DemoFamily.Second.UserId);
    }

    [Fact]
    public async Task Of_two_people_who_edit_one_member_the_second_is_told()
    {
        var page = await OpenAsync(DemoFamily.Owner, "Edit Sam");
        await App.Database.ExecuteAsync("update family_members set nicknames = '{Mama}' where user_id = $1", DemoFamily.Second.UserId);
        await page.GetByLabel("Also called").FillAsync("Mum");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesAsync(page.GetByRole(AriaRole.Alert).GetByText("Somebody changed Sam meanwhile."));
    }

    [Fact]
    public async Task A_plain_member_edits_only_themselves()
    {
        var page = await OpenAsync(DemoFamily.Second, "Edit Sam");
        await SeesAsync(page.GetByRole(AriaRole.Dialog, new() { Name = "You" }));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Button(page, "Edit Alex")).ToBeHiddenAsync();
    }

    private async Task<IPage> OpenAsync(DemoMember member, string button)
    {
        var page = await SignedInAsync(member);
        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        await Button(page, button).ClickAsync();
        return page;
    }
}
