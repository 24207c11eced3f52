using System.Collections.Concurrent;
using System.Diagnostics;
using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed class When_a_family_has_ten_thousand_tasks(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task The_board_opens_at_once_and_shows_more_when_asked()
    {
        await App.Database.ExecuteAsync(
            """
            insert into tasks (family_id, title, due_at, status, created_by)
            select $1, 'Task ' || n, case when n % 3 > 0 then now() + (n - 2000) * interval '1 hour' end, case when n % 5 = 0 then 'done' else 'open' end, $2
            from generate_series(1, 10000) n
            """, DemoFamily.FamilyId, DemoFamily.Owner.UserId);
        var page = await SignedInAsync(DemoFamily.Owner);
        await page.Locator(".task").First.WaitForAsync();

        var clock = Stopwatch.StartNew();
        await page.ReloadAsync();
        await page.Locator(".task").First.WaitForAsync();
        clock.Stop();

        // A second on a quiet machine; tests run beside others.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        TestContext.Current.TestOutputHelper?.WriteLine($"The board showed its first tasks after {clock.ElapsedMilliseconds} ms.");
        Assert.Equal(50, await page.Locator(".task").CountAsync());
        await Button(page, "Show more").ClickAsync();
        await Assertions.Expect(page.Locator(".task")).ToHaveCountAsync(100);
        await Assertions.Expect(page.Locator(".task").Nth(50).Locator("[data-part=check]")).ToBeFocusedAsync();

        clock.Restart();
        await page.GotoAsync("/board/plan#q=task+77");
        await SeesAsync(Row(page, "Task 7776"));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_change_is_seen_however_far_down_and_only_its_page_is_sent_again()
    {
        await App.Database.ExecuteAsync(
            "insert into tasks (family_id, title, created_at, created_by) select $1, 'Task ' || n, now() - n * interval '1 minute', $2 from generate_series(1, 300) n",
            DemoFamily.FamilyId, DemoFamily.Owner.UserId);
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        foreach (var shown in (int[])[100, 150, 200, 250])
        {
            await Button(page, "Show more").ClickAsync();
            await Assertions.Expect(page.Locator(".task")).ToHaveCountAsync(shown);
        }

        await page.WaitForResponseAsync(answer => Of(answer) is (true, true, 304));
        ConcurrentQueue<(bool, bool, int)> answers = [];
        page.Response += (_, answer) => answers.Enqueue(Of(answer));
        await App.Database.ExecuteAsync("update tasks set title = 'Changed' where title = 'Task 240'");
        await SeesAsync(Row(page, "Changed"));
        await App.Database.ExecuteAsync("delete from tasks where title = 'Task 230'");
        await SeesNoneAsync(Row(page, "Task 230"));

        await Assertions.Expect(page.Locator(".task")).ToHaveCountAsync(250);
        Assert.Equal([(true, true, 200), (true, true, 200)], answers.Where(answer => answer is (true, _, 200)));

        // Whether it is of this section, whether of its second page, and how it was answered.
        static (bool, bool, int) Of(IResponse answer) =>
            (answer.Url.Contains("due=none", StringComparison.Ordinal), answer.Url.Contains("cursor=", StringComparison.Ordinal), answer.Status);
    }
}
