using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_a_task_recurs_on_the_board(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task Its_rhythm_is_chosen_in_words_and_shown_on_its_card()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.GetByLabel("Add a task").FillAsync("Put the bins out");
        await page.GetByLabel("Repeats").SelectOptionAsync("Every week");
        await Button(page, "Add").ClickAsync();
        await SeesAsync(Row(page, "Put the bins out").GetByText("every week"));

        var dialog = await OpenAsync(page, "Put the bins out");
        await dialog.GetByLabel("Day", new() { Exact = true }).FillAsync("2031-07-07");
        await dialog.GetByLabel("Repeats").SelectOptionAsync("Every month");
        await dialog.GetByLabel("Repeats").SelectOptionAsync("Every week");
        await Assertions.Expect(dialog.GetByLabel("Monday", new() { Exact = true })).ToBeCheckedAsync();
        await dialog.Locator("[name=every]").FillAsync("2");
        await dialog.GetByLabel("Thursday", new() { Exact = true }).CheckAsync();
        await dialog.GetByLabel("Ends").SelectOptionAsync("On a day");
        await Button(page, "Save").ClickAsync();
        await SeesAsync(dialog.GetByText("Choose the last day."));
        await dialog.GetByLabel("Until").FillAsync("2031-12-24");
        await SeesAsync(dialog.GetByText("Every 2 weeks on Monday and Thursday until 24 Dec 2031."));
        await Button(page, "Save").ClickAsync();

        await GoToAsync(page, "Upcoming");
        await SeesAsync(Row(page, "Put the bins out").GetByText("every 2 weeks on Monday and Thursday until 24 Dec 2031"));
        Assert.Equal("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20311224", await RuleAsync());
    }

    [Theory]
    [InlineData("FREQ=DAILY", "Every day.")]
    [InlineData("FREQ=DAILY;INTERVAL=3;COUNT=5", "Every 3 days, 5 times.")]
    [InlineData("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday.")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=15", "Every month on day 15.")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day.")]
    [InlineData("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "Every 2 months on the last Friday.")]
    [InlineData("FREQ=YEARLY", "Every year.")]
    [InlineData("AFTER_DONE=P3W", "3 weeks after it is done.")]
    [InlineData("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", "Every year in December on day 25.")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "Every month on the last weekday.")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=1,15", "Every month on day 1 and day 15.")]
    public async Task Every_rhythm_is_said_and_stays_unless_it_is_changed(string rule, string words)
    {
        await AddRecurringAsync("Pay the rent", "2031-01-31", rule);
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Upcoming");
        var dialog = await OpenAsync(page, "Pay the rent");
        await SeesAsync(dialog.Locator(".recurrence [role=status]").GetByText(words, new() { Exact = true }));

        await dialog.GetByLabel("Notes").FillAsync("By transfer");
        await Button(page, "Save").ClickAsync();
        await SeesNoneAsync(dialog);
        Assert.Equal(rule, await RuleAsync());
        Assert.Equal(1L, await App.Database.ScalarAsync<long>("select count(*) from series"));
    }

    [Fact]
    public async Task A_change_is_of_one_or_of_all_from_now_on()
    {
        await AddRecurringAsync("Swimming", "2031-07-07", "FREQ=WEEKLY");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Upcoming");
        var dialog = await OpenAsync(page, "Swimming");
        await Assertions.Expect(dialog.GetByLabel("From now on")).ToBeHiddenAsync();
        await dialog.GetByLabel("Title").FillAsync("Swimming, with goggles");
        await Button(page, "Save").ClickAsync();
        await SeesNoneAsync(dialog);
        Assert.Equal("Swimming", await SeriesTitleAsync());

        dialog = await OpenAsync(page, "Swimming, with goggles");
        await dialog.GetByLabel("Title").FillAsync("Swimming club");
        await dialog.GetByLabel("From now on").CheckAsync();
        await Button(page, "Save").ClickAsync();
        await SeesNoneAsync(dialog);
        Assert.Equal("Swimming club", await SeriesTitleAsync());
    }

    [Fact]
    public async Task From_now_on_on_another_day_its_only_weekday_moves_along()
    {
        await AddRecurringAsync("Swimming", "2031-07-07", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Upcoming");
        var dialog = await OpenAsync(page, "Swimming");
        await dialog.GetByLabel("Day", new() { Exact = true }).FillAsync("2031-07-09");
        await dialog.GetByLabel("From now on").CheckAsync();
        await Button(page, "Save").ClickAsync();

        await SeesAsync(Row(page, "Swimming").GetByText("every 2 weeks on Wednesday"));
        Assert.Equal("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", await RuleAsync());
    }

    [Fact]
    public async Task It_ends_with_the_task_that_is_left_or_with_its_deletion()
    {
        await AddRecurringAsync("Water the plants", "2031-07-07", "FREQ=WEEKLY");
        await AddRecurringAsync("Feed the cat", "2031-07-07", "FREQ=DAILY");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Upcoming");
        var dialog = await OpenAsync(page, "Water the plants");
        await dialog.GetByLabel("Repeats").SelectOptionAsync("Does not repeat");
        await Button(page, "Save").ClickAsync();
        await SeesNoneAsync(Row(page, "Water the plants").GetByText("every week"));

        await OpenAsync(page, "Feed the cat");
        await Button(page, "Delete").ClickAsync();
        var question = page.GetByRole(AriaRole.Alertdialog);
        await SeesAsync(question.GetByText("It will not come again."));
        await question.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await SeesNoneAsync(Row(page, "Feed the cat"));
        Assert.Equal((0L, 1L), (await App.Database.ScalarAsync<long>("select count(*) from series where ended_at is null"), await App.Database.ScalarAsync<long>("select count(*) from tasks")));
    }

    private static async Task<ILocator> OpenAsync(IPage page, string title)
    {
        await page.GetByText(title, new() { Exact = true }).ClickAsync();
        return page.GetByRole(AriaRole.Dialog);
    }

    private Task<string> RuleAsync() => App.Database.ScalarAsync<string>("select rule from series where ended_at is null");

    private Task<string> SeriesTitleAsync() => App.Database.ScalarAsync<string>("select title from series where ended_at is null");
}
