using System.Diagnostics;
using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Board;

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
    }
}
