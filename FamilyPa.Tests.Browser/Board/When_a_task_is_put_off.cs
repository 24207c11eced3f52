using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_a_task_is_put_off(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task In_an_hour_it_is_due_and_reminded_of_then_and_undo_brings_all_of_it_back()
    {
        var id = await AddAsync("Call the plumber", due: "now", allDay: false);
        await App.Database.ExecuteAsync("update tasks set remind_at = due_at - interval '10 minutes' where id = $1", id);
        var page = await SignedInAsync(DemoFamily.Owner, phone: true);
        await ChooseAsync(page, "Call the plumber", "In an hour");

        await SeesAsync(page.GetByText("Moved to"));
        await WaitAsync(id, "remind_at = due_at and due_at between now() + interval '59 minutes' and now() + interval '66 minutes'");
        await Button(page, "Undo").ClickAsync();
        await WaitAsync(id, "due_at <= now() and remind_at = due_at - interval '10 minutes'");
    }

    [Fact]
    public async Task On_another_day_it_keeps_its_time_and_the_reminder_follows()
    {
        var id = await AddAsync("Dentist", due: "2031-12-01T16:00Z", allDay: false);
        await App.Database.ExecuteAsync("update tasks set remind_at = due_at - interval '1 day' where id = $1", id);
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Upcoming");
        await Button(page, "Put off: Dentist").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Day", new() { Exact = true }).FillAsync("2031-07-04");
        await Button(page, "Move to that day").ClickAsync();

        // 16:00 in winter, and in summer.
        await WaitAsync(id, "due_at = timestamptz '2031-07-04 15:00Z' and remind_at = timestamptz '2031-07-03 15:00Z'");
    }

    [Fact]
    public async Task Without_a_date_it_waits_in_someday()
    {
        var id = await AddAsync("Clear the shed", due: "now");
        var page = await SignedInAsync(DemoFamily.Owner);
        await ChooseAsync(page, "Clear the shed", "No date");
        await SeesNoneAsync(Row(page, "Clear the shed"));
        await WaitAsync(id, "due_at is null");
        await GoToAsync(page, "Someday");
        await SeesAsync(Row(page, "Clear the shed"));
    }

    [Fact]
    public async Task One_of_a_series_is_skipped_and_the_next_one_comes()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByLabel("Add a task").FillAsync("Put the bins out");
        await page.GetByLabel("Repeats").SelectOptionAsync("Every week");
        await Button(page, "Add").ClickAsync();
        await SeesAsync(Row(page, "Put the bins out"));
        await ChooseAsync(page, "Put the bins out", "Skip this one");
        await SeesNoneAsync(Row(page, "Put the bins out"));
        await GoToAsync(page, "Upcoming");
        await SeesAsync(Row(page, "Put the bins out").GetByText("every week"));

        await Button(page, "Undo").ClickAsync();
        await SeesNoneAsync(Row(page, "Put the bins out"));
        await GoToAsync(page, "Today");
        await ChooseAsync(page, "Put the bins out", "Do not repeat any more");
        await SeesNoneAsync(Row(page, "Put the bins out").GetByText("every week"));
        await Button(page, "Undo").ClickAsync();
        await SeesAsync(Row(page, "Put the bins out").GetByText("every week"));

        await Button(page, "Done: Put the bins out").ClickAsync();
        await SeesAsync(page.Locator(".toast").GetByText("Done: Put the bins out. Next: "));
    }

    private static async Task ChooseAsync(IPage page, string title, string choice)
    {
        await Button(page, $"Put off: {title}").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = new($"^{choice}") }).ClickAsync();
    }

    private Task<bool> WaitAsync(Guid id, string condition) =>
        App.WaitForAsync(() => App.Database.ScalarAsync<bool>($"select {condition} from tasks where id = $1", id), met => met, condition);
}
