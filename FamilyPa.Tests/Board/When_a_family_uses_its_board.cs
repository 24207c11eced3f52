using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Board;

/// <summary>What a family does in a week.</summary>
public sealed class When_a_family_uses_its_board(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task A_message_becomes_a_task_before_the_readers_eyes()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await SeesAsync(page.GetByText("Nothing left for today"));
        await App.TextAsync("buy milk today", DemoFamily.Second.Phone);

        var task = page.Locator(".task").Filter(new() { HasText = "milk" });
        await SeesAsync(task);
        await SeesAsync(task.GetByText(DemoFamily.Second.Name));
        await task.Locator("[data-part=open]").ClickAsync();
        await SeesAsync(page.GetByRole(AriaRole.Dialog).GetByText("“buy milk today”"));
        await SeesAsync(page.GetByRole(AriaRole.Dialog).GetByText($"I heard {DemoFamily.Second.Name} write"));
    }

    [Fact]
    public async Task A_task_is_added_where_it_belongs()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByLabel("Add a task").FillAsync("Water the plants");
        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(Task(page, "Water the plants"));

        await page.GetByLabel("Add a task").FillAsync("Sort the photos");
        await page.GetByLabel("When").SelectOptionAsync("No date");
        await page.GetByLabel("Who").SelectOptionAsync("Sam");
        await Button(page, "Add").ClickAsync();
        await page.GetByText("Added. It is in Someday.").WaitForAsync();
        await Button(page, "Show").ClickAsync();
        await SeesAsync(Task(page, "Sort the photos").GetByRole(AriaRole.Img, new() { Name = "For Sam" }));
        Assert.True(await App.Database.ScalarAsync<bool>(
            """
            select due_all_day and (due_at at time zone 'Europe/London')::date = (now() at time zone 'Europe/London')::date
            from tasks where title = 'Water the plants'
            """));
    }

    [Fact]
    public async Task What_is_done_can_be_undone()
    {
        var id = await AddAsync("Put the bins out", due: "now", allDay: false);
        var page = await SignedInAsync(DemoFamily.Owner);
        await Button(page, "Done: Put the bins out").ClickAsync();
        await SeesNoneAsync(Task(page, "Put the bins out"));
        await WaitForStatusAsync(id, "done");

        await Button(page, "Undo").ClickAsync();
        await SeesAsync(Task(page, "Put the bins out"));
        await WaitForStatusAsync(id, "open");

        await Button(page, "Done: Put the bins out").ClickAsync();
        await GoToAsync(page, "Done");
        await SeesAsync(Task(page, "Put the bins out"));
        await Button(page, "Open again: Put the bins out").ClickAsync();
        await SeesNoneAsync(Task(page, "Put the bins out"));
        await WaitForStatusAsync(id, "open");
    }

    [Fact]
    public async Task A_task_is_edited_assigned_and_shown_in_the_familys_time()
    {
        var id = await AddAsync("Call grandma");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        await page.GetByText("Call grandma", new() { Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Title").FillAsync("Call Grandma Ruth");
        await dialog.GetByLabel("Day").FillAsync("2031-07-04");
        await dialog.GetByLabel("Time").FillAsync("17:00");
        await dialog.GetByLabel("Who").SelectOptionAsync("Sam");
        await dialog.GetByLabel("Category").FillAsync("family");
        await dialog.GetByLabel("Notes").FillAsync("Ask about the recipe.\nAnd the cake tin.");
        await dialog.GetByLabel("In progress").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesNoneAsync(dialog);

        await Button(page, "Show").ClickAsync();
        var task = Task(page, "Call Grandma Ruth");
        await SeesAsync(page.GetByRole(AriaRole.Heading, new() { Name = "4 Jul 2031" }));
        await SeesAsync(task.GetByText("17:00"));
        await SeesAsync(task.GetByText("family", new() { Exact = true }));
        await SeesAsync(task.GetByRole(AriaRole.Img, new() { Name = "For Sam" }));
        var stored = Assert.Single(await App.Database.RowsAsync(
            "select assignee, notes, status, due_all_day, due_at = timestamptz '2031-07-04 16:00Z' as due_right from tasks where id = $1", id));
        Assert.Equal(
            [DemoFamily.Second.UserId, "Ask about the recipe.\nAnd the cake tin.", "in_progress", false, true],
            new[] { stored["assignee"], stored["notes"], stored["status"], stored["due_all_day"], stored["due_right"] });
    }

    [Fact]
    public async Task A_doubtful_task_shows_its_question_and_is_confirmed_or_dismissed()
    {
        var sid = await App.TextAsync("buy milk today", DemoFamily.Second.Phone);
        await App.WaitForJobAsync(sid);
        await App.Database.ExecuteAsync("update tasks set needs_review = true where source_message_sid = $1", sid);
        await App.Database.ExecuteAsync(
            """
            insert into clarifications (family_id, user_id, message_sid, task_id, question)
            select family_id, $2, source_message_sid, id, 'How much milk?' from tasks where source_message_sid = $1
            """, sid, DemoFamily.Second.UserId);
        var other = await AddAsync("Something about a gate");
        await App.Database.ExecuteAsync("update tasks set needs_review = true where id = $1", other);

        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Needs review");
        var card = page.Locator(".review").Filter(new() { HasText = "milk" });
        await SeesAsync(card.GetByText("How much milk?"));
        await SeesAsync(card.GetByText("“buy milk today”"));
        await card.GetByRole(AriaRole.Button, new() { NameRegex = new("^Looks right") }).ClickAsync();
        await SeesNoneAsync(card.And(page.Locator(":not(.leaving)")));
        await Button(page, "Not a task: Something about a gate").ClickAsync();
        await SeesAsync(page.GetByText("All clear"));

        await WaitForStatusAsync(other, "canceled");
        Assert.False(await App.Database.ScalarAsync<bool>("select needs_review from tasks where source_message_sid = $1", sid));
    }

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
        await SeesNoneAsync(Task(alex, "Buy a pony"));
        Assert.Equal(0L, await App.Database.ScalarAsync<long>("select count(*) from tasks"));

        // Who still looks at it is told.
        await sam.GetByRole(AriaRole.Dialog).GetByLabel("Title").FillAsync("Buy two ponies");
        await Button(sam, "Save").ClickAsync();
        await SeesAsync(sam.GetByText("Somebody deleted this task meanwhile."));
        await SeesNoneAsync(Task(sam, "Buy a pony"));
    }

    [Fact]
    public async Task An_owner_adds_a_member_who_is_told()
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

        await page.GetByLabel("Role of Grandma Ruth").SelectOptionAsync("Admin");
        await SeesAsync(page.GetByText("Grandma Ruth is now admin."));
        await page.GetByLabel("Remove Grandma Ruth").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await SeesNoneAsync(page.Locator(".member").Filter(new() { HasText = "Grandma Ruth" }));
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

    [Fact]
    public async Task Everything_can_be_done_by_keyboard()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.ReloadAsync();
        await SeesAsync(page.GetByText("Nothing left for today"));
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("Skip to the tasks")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByLabel("Add a task")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Read a book");
        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(Task(page, "Read a book"));

        // Open it, change it, and be back where one was.
        await TabToAsync(page, Task(page, "Read a book").Locator("[data-part=open]"));
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, page.GetByRole(AriaRole.Dialog).GetByLabel("Title"));
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.TypeAsync(" or two");
        await page.Keyboard.PressAsync("Enter");
        await SeesNoneAsync(page.GetByRole(AriaRole.Dialog));
        await Assertions.Expect(Task(page, "Read a book or two").Locator("[data-part=open]")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(page.GetByRole(AriaRole.Dialog));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(Task(page, "Read a book or two").Locator("[data-part=open]")).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Space");
        await SeesNoneAsync(Task(page, "Read a book or two"));
        await page.Keyboard.PressAsync("Control+z");
        await SeesAsync(Task(page, "Read a book or two"));
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

    private Task WaitForStatusAsync(Guid id, string status) =>
        App.WaitForAsync(() => App.Database.ScalarAsync<string>("select status from tasks where id = $1", id), seen => seen == status, $"the task to be {status}");
}
