using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

/// <summary>Alex and Sam write messages and look at their boards; three children without phones have tasks. It is noon where they live.</summary>
public sealed class When_a_family_of_five_plans_its_week(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task Each_sees_what_the_others_do_by_chat_and_on_the_board()
    {
        await App.Database.BeAtAsync(12);
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
        await AddAsync(alex, "Tidy the room", "No date", "Leo");
        await AddAsync(alex, "Pack the bags", "Today");
        await AddAsync(alex, "Bake a cake", "Today", "Sam");
        var sam = await SignedInAsync(DemoFamily.Second, ColorScheme.Dark, phone: true);
        await GoToAsync(sam, "Plan");
        await SeesAsync(Group(sam, "Tomorrow").Locator(".task").GetByText("every week"));
        await SeesAsync(Row(sam, "Swimming").GetByRole(AriaRole.Img, new() { Name = "For Mia" }));

        // A list is written by chat, shown on the board, and read by chat.
        await SayAsync(DemoFamily.Second, "put milk on the shopping list");
        await SayAsync(DemoFamily.Second, "put eggs on the shopping list");
        await TurnToAsync(alex);
        await SeesAsync(Group(alex, "No date").GetByText("Eggs"));
        await Button(alex, "Done: Eggs").ClickAsync();
        await SeesNoneAsync(Row(alex, "Eggs"));
        await WaitAsync("select status = 'done' from tasks where title = 'Eggs'");
        Assert.StartsWith("Open on the shopping list:\n1. Milk\n", await SayAsync(DemoFamily.Owner, "shopping list"), StringComparison.Ordinal);

        // What a reminder is about is done by chat, which is taken back.
        await App.Database.ExecuteAsync("update tasks set remind_at = now() - interval '1 minute' where title = 'Pack the bags'");
        await ReceivesAsync(DemoFamily.Owner, "Reminder: Pack the bags");
        Assert.Equal("Done: Pack the bags", await SayAsync(DemoFamily.Owner, "done"));
        await TurnToAsync(sam);
        await SeesNoneAsync(Row(sam, "Pack the bags"));
        Assert.Equal("Open again: Pack the bags", await SayAsync(DemoFamily.Owner, "undo"));
        await TurnToAsync(sam);
        await SeesAsync(Group(sam, "Today").GetByText("Pack the bags"));

        // Sam puts off, Alex sees it and drags it back; Alex skips, Sam sees the week after.
        await Button(sam, "Put off: Pack the bags").ClickAsync();
        await sam.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = new("^Tomorrow") }).ClickAsync();
        await TurnToAsync(alex);
        await SeesAsync(Group(alex, "Tomorrow").GetByText("Pack the bags"));
        await DragAsync(alex, "Pack the bags", "Today");
        await SeesAsync(Group(alex, "Today").GetByText("Pack the bags"));
        await Button(alex, "Put off: Swimming").ClickAsync();
        await Button(alex, "Skip this one").ClickAsync();
        await TurnToAsync(sam);
        await SeesAsync(Group(sam, "Today").GetByText("Pack the bags"));
        await SeesAsync(Group(sam, "Later").GetByText("Swimming"));

        // Leo's tasks alone; done with a tap, which is taken back.
        await Button(sam, "Search and filter").ClickAsync();
        await sam.GetByLabel("Person").SelectOptionAsync("Leo");
        await Assertions.Expect(sam.Locator(".task:not(.leaving)")).ToHaveCountAsync(1);
        await Button(sam, "Done: Tidy the room").ClickAsync();
        await SeesAsync(sam.GetByText("Nothing matches"));
        await Button(sam, "Undo").ClickAsync();
        await SeesAsync(Row(sam, "Tidy the room"));
        await Button(sam, "Done: Tidy the room").ClickAsync();
        await WaitAsync("select status = 'done' from tasks where title = 'Tidy the room'");
        await GoToAsync(alex, "Done");
        await SeesAsync(Row(alex, "Tidy the room"));

        // A day later, Sam is sent what the day brings.
        await sam.Locator("#me").ClickAsync();
        await Button(sam, "Edit Sam").ClickAsync();
        await sam.GetByLabel("A message each day").CheckAsync();
        await sam.GetByLabel("At", new() { Exact = true }).FillAsync("12:00");
        await Button(sam, "Save").ClickAsync();
        await SeesNoneAsync(sam.GetByRole(AriaRole.Dialog));
        await App.Database.ExecuteAsync("update family_members set digest_set_at = digest_set_at - interval '1 day'");
        await App.Database.ExecuteAsync(
            "update tasks set status = 'open' where title = 'Eggs'; update tasks set status = 'done', completed_at = now() - interval '1 day' where title = 'Eggs'");
        var digest = await ReceivesAsync(DemoFamily.Second, "Due by today:");
        Assert.Matches(@"\n\d\. Bake a cake - today[^\n]*\n", digest);
        Assert.Matches("\nDone yesterday: [^\n]*Eggs", digest);

        // The calendar shows what is left.
        await Button(sam, "Create address: The whole family’s tasks").ClickAsync();
        var address = sam.GetByLabel("Address of The whole family’s tasks");
        await SeesAsync(address);
        var calendar = (await new MemberClient(App, null).GetAsync(new Uri(await address.InputValueAsync()).AbsolutePath)).Body;
        foreach (var title in (string[])["Swimming (Mia)", "Pack the bags", "Bake a cake (Sam)"])
            Assert.Contains($"SUMMARY:{title}\r\n", calendar, StringComparison.Ordinal);
    }

    /// <summary>Whoever comes back to a page sees it as it is now.</summary>
    private static async Task TurnToAsync(IPage page) => await page.EvaluateAsync("dispatchEvent(new Event('focus'))");

    /// <returns>The reply.</returns>
    private async Task<string> SayAsync(DemoMember member, string text)
    {
        var sid = await App.TextAsync(text, member.Phone);
        await App.WaitForJobAsync(sid, "done");
        return await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1 and kind = 'reply'", sid);
    }

    /// <returns>The message that the app sends by itself.</returns>
    private async Task<string> ReceivesAsync(DemoMember member, string beginning)
    {
        await App.StartTimerAsync("Reminders");
        return (await App.WaitForAsync(
            () => Task.FromResult(App.Twilio.Sent.FirstOrDefault(
                sent => sent.To.EndsWith(member.Phone, StringComparison.Ordinal) && sent.Body.StartsWith(beginning, StringComparison.Ordinal))),
            sent => sent is not null, beginning))!.Body;
    }

    private Task<bool> WaitAsync(string condition) => App.WaitForAsync(() => App.Database.ScalarAsync<bool>(condition), met => met, condition);

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
