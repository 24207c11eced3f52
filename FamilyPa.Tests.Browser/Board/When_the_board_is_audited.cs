using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

/// <summary>axe-core on every view: contrast, names, roles, order.</summary>
public sealed class When_the_board_is_audited(BoardApp app) : BoardTest(app)
{
    private static readonly string[] Views = ["Today", "Plan", "Upcoming", "Someday", "Needs review", "Done"];

    public static TheoryData<ColorScheme, bool> Looks => new() { { ColorScheme.Light, true }, { ColorScheme.Dark, false } };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Nothing_serious_is_found(ColorScheme scheme, bool phone)
    {
        await AddAsync("An overdue task", due: "yesterday", allDay: false);
        await AddAsync("A task for today", due: "now", allDay: true, status: "in_progress");
        await AddAsync("A task for next month", due: "2031-01-01T12:00Z");
        await AddAsync("A task without a date");
        await AddRecurringAsync("A recurring task", "2031-01-06", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10");
        await AddAsync("A finished task", due: "yesterday", status: "done");
        await App.Database.ExecuteAsync("update tasks set assignee = $1, category = 'home', needs_review = title like '%without%' where status <> 'done'", DemoFamily.Second.UserId);

        var page = await BrowserAsync(scheme, phone, await Axe.ScriptAsync());
        await page.GotoAsync("/board");
        await page.GetByLabel("Phone number").WaitForAsync();
        await Axe.AuditAsync(page, "sign in");
        await Button(page, "Send me a code").ClickAsync();
        await Axe.AuditAsync(page, "sign in, refused");

        await page.GotoAsync(await App.LinkAsync(DemoFamily.Owner));
        await SeesAsync(Button(page, "Sign in as Alex"));
        await Axe.AuditAsync(page, "sign in, link");
        await Button(page, "Sign in as Alex").ClickAsync();
        await SeesAsync(Row(page, "A task for today"));
        foreach (var view in Views)
        {
            await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link).Nth(Array.IndexOf(Views, view)).ClickAsync();
            await SeesAsync(Heading(page, view));
            await page.Locator(".task, .review").First.WaitForAsync();
            await Axe.AuditAsync(page, view);
        }

        await GoToAsync(page, "Plan");
        await Button(page, "Search and filter").ClickAsync();
        await Axe.AuditAsync(page, "filter");
        await page.GetByLabel("Search", new() { Exact = true }).FillAsync("nothing of the kind");
        await SeesAsync(page.GetByText("Nothing matches"));
        await Axe.AuditAsync(page, "no match");
        await Button(page, "Clear").ClickAsync();
        await Button(page, "Put off: A recurring task").ClickAsync();
        await Axe.AuditAsync(page, "when");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByText("A recurring task", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Title").FillAsync("Another title");
        await Axe.AuditAsync(page, "recurring task");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("?");
        await Axe.AuditAsync(page, "help");
        await page.Keyboard.PressAsync("Escape");

        await page.Locator("#me").ClickAsync();
        await SeesAsync(page.Locator(".member").First);
        await Button(page, "Create address: My tasks").ClickAsync();
        await SeesAsync(page.GetByLabel("Address of My tasks"));
        await Axe.AuditAsync(page, "family");
        await Button(page, "Edit Sam").ClickAsync();
        await Axe.AuditAsync(page, "member");
        await page.Keyboard.PressAsync("Escape");
        await Button(page, "Add a member").ClickAsync();
        await Axe.AuditAsync(page, "invitation");
        await page.Keyboard.PressAsync("Escape");

        await page.GotoAsync("/board");
        await page.GetByLabel("Add a task").FillAsync("Something");
        await Axe.AuditAsync(page, "adding");
        await page.GetByLabel("Add a task").FillAsync("");
        await Button(page, "Done: A task for today").ClickAsync();
        await SeesAsync(Button(page, "Undo"));
        await Axe.AuditAsync(page, "undo");
        await page.GetByText("An overdue task", new() { Exact = true }).ClickAsync();
        await Axe.AuditAsync(page, "task");
        await Button(page, "Delete").ClickAsync();
        await Axe.AuditAsync(page, "confirmation");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");

        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("dispatchEvent(new Event('focus'))");
        await SeesAsync(page.GetByText("You are offline."));
        await Axe.AuditAsync(page, "offline");
    }
}
