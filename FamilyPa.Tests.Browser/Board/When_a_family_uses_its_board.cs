using FamilyPa.Local.App;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Simulators.Twilio;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

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
    public async Task A_picture_is_shown_beside_its_task_and_opens_whole()
    {
        await App.Twilio.SendInboundAsync(
            new InboundMessage { From = $"whatsapp:{DemoFamily.Second.Phone}", Media = [new("image/jpeg", SamplePicture.Jpeg)] }, TestContext.Current.CancellationToken);
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        await page.WaitForFunctionAsync("() => document.querySelector('.task .thumb')?.naturalWidth > 0");
        await page.GetByText("Water the tomatoes", new() { Exact = true }).ClickAsync();

        var dialog = page.GetByRole(AriaRole.Dialog);
        await SeesAsync(dialog.GetByText($"I read what {DemoFamily.Second.Name} sent"));
        await page.WaitForFunctionAsync("() => document.querySelector('dialog .pictures img')?.naturalWidth > 0");
        var whole = await page.Context.RunAndWaitForPageAsync(() => dialog.GetByRole(AriaRole.Link, new() { Name = "Picture 1" }).ClickAsync());
        await whole.WaitForFunctionAsync("() => document.images[0]?.naturalWidth === 640");
    }

    [Fact]
    public async Task A_task_is_added_where_it_belongs()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByLabel("Add a task").FillAsync("Water the plants");
        await page.Keyboard.PressAsync("Enter");
        await SeesAsync(Row(page, "Water the plants"));

        await page.GetByLabel("Add a task").FillAsync("Sort the photos");
        await page.GetByLabel("When").SelectOptionAsync("No date");
        await page.GetByLabel("Who").SelectOptionAsync("Sam");
        await Button(page, "Add").ClickAsync();
        await page.GetByText("Added. It is in Someday.").WaitForAsync();
        await Button(page, "Show").ClickAsync();
        await SeesAsync(Row(page, "Sort the photos").GetByRole(AriaRole.Img, new() { Name = "For Sam" }));
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
        await SeesNoneAsync(Row(page, "Put the bins out"));
        await WaitForStatusAsync(id, "done");

        await Button(page, "Undo").ClickAsync();
        await SeesAsync(Row(page, "Put the bins out"));
        await WaitForStatusAsync(id, "open");

        await Button(page, "Done: Put the bins out").ClickAsync();
        await GoToAsync(page, "Done");
        await SeesAsync(Row(page, "Put the bins out"));
        await Button(page, "Open again: Put the bins out").ClickAsync();
        await SeesNoneAsync(Row(page, "Put the bins out"));
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
        await dialog.GetByLabel("Day", new() { Exact = true }).FillAsync("2031-07-04");
        await dialog.GetByLabel("Time", new() { Exact = true }).FillAsync("17:00");
        await dialog.GetByLabel("Sam").CheckAsync();
        await dialog.GetByLabel("Category").FillAsync("family");
        await dialog.GetByLabel("Notes").FillAsync("Ask about the recipe.\nAnd the cake tin.");
        await dialog.GetByLabel("In progress").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await SeesNoneAsync(dialog);

        await Button(page, "Show").ClickAsync();
        var task = Row(page, "Call Grandma Ruth");
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
    public async Task A_task_is_of_several_until_it_is_of_one_or_of_nobody()
    {
        var id = await AddAsync("Paint the fence");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await ChooseAsync(choose: ["Alex", "Sam"], leave: []);
        await SeesAsync(Row(page, "Paint the fence").GetByRole(AriaRole.Img, new() { Name = "For Alex and Sam" }));
        Assert.Equal([DemoFamily.Owner.UserId, DemoFamily.Second.UserId], await StoredAsync());

        await ChooseAsync(choose: [], leave: ["Alex"]);
        await SeesAsync(Row(page, "Paint the fence").GetByRole(AriaRole.Img, new() { Name = "For Sam" }));
        await ChooseAsync(choose: [], leave: ["Sam"]);
        await SeesNoneAsync(Row(page, "Paint the fence").GetByRole(AriaRole.Img));
        Assert.Empty(await StoredAsync());

        async Task ChooseAsync(string[] choose, string[] leave)
        {
            await page.GetByText("Paint the fence", new() { Exact = true }).ClickAsync();
            foreach (var name in choose)
                await dialog.GetByLabel(name, new() { Exact = true }).CheckAsync();
            foreach (var name in leave)
                await dialog.GetByLabel(name, new() { Exact = true }).UncheckAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await SeesNoneAsync(dialog);
        }

        Task<Guid[]> StoredAsync() => App.Database.ScalarAsync<Guid[]>("select assignees from tasks where id = $1", id);
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

    private Task<string> WaitForStatusAsync(Guid id, string status) =>
        App.WaitForAsync(() => App.Database.ScalarAsync<string>("select status from tasks where id = $1", id), seen => seen == status, $"the task to be {status}");
}
