using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Local.Services;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Board;

/// <summary>axe-core on every view: contrast, names, roles, order.</summary>
public sealed class When_the_board_is_audited(BoardApp app) : BoardTest(app)
{
    private static readonly string[] Views = ["Today", "Upcoming", "Someday", "Needs review", "Done"];

    public static TheoryData<ColorScheme, bool> Looks => new() { { ColorScheme.Light, true }, { ColorScheme.Dark, true }, { ColorScheme.Light, false }, { ColorScheme.Dark, false } };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Nothing_serious_is_found(ColorScheme scheme, bool phone)
    {
        await AddAsync("An overdue task", due: "yesterday", allDay: false);
        await AddAsync("A task for today", due: "now", allDay: true, status: "in_progress");
        await AddAsync("A task for next month", due: "2031-01-01T12:00Z");
        await AddAsync("A task without a date");
        await AddAsync("A finished task", due: "yesterday", status: "done");
        await App.Database.ExecuteAsync("update tasks set assignee = $1, category = 'home', needs_review = title like '%without%' where status <> 'done'", DemoFamily.Second.UserId);
        // Injected by the browser itself, which the page's policy has no say in.
        var axe = await File.ReadAllTextAsync(Path.Combine(NodePackages.Folder, "axe-core", "axe.min.js"), Cancellation);

        var page = await BrowserAsync(scheme, phone, axe);
        await page.GotoAsync("/board");
        await page.GetByLabel("Phone number").WaitForAsync();
        await AuditAsync(page, "sign in");
        await Button(page, "Send me a code").ClickAsync();
        await AuditAsync(page, "sign in, refused");

        await page.GotoAsync(await App.LinkAsync(DemoFamily.Owner));
        await SeesAsync(Row(page, "A task for today"));
        foreach (var view in Views)
        {
            await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link).Nth(Array.IndexOf(Views, view)).ClickAsync();
            await SeesAsync(Heading(page, view));
            await page.Locator(".task, .review").First.WaitForAsync();
            await AuditAsync(page, view);
        }

        await page.Locator("#me").ClickAsync();
        await SeesAsync(page.Locator(".member").First);
        await AuditAsync(page, "family");
        await Button(page, "Add a member").ClickAsync();
        await AuditAsync(page, "invitation");
        await page.Keyboard.PressAsync("Escape");

        await page.GotoAsync("/board");
        await page.GetByLabel("Add a task").FillAsync("Something");
        await AuditAsync(page, "adding");
        await page.GetByLabel("Add a task").FillAsync("");
        await Button(page, "Done: A task for today").ClickAsync();
        await SeesAsync(Button(page, "Undo"));
        await AuditAsync(page, "undo");
        await page.GetByText("An overdue task", new() { Exact = true }).ClickAsync();
        await AuditAsync(page, "task");
        await Button(page, "Delete").ClickAsync();
        await AuditAsync(page, "confirmation");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");

        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("dispatchEvent(new Event('focus'))");
        await SeesAsync(page.GetByText("You are offline."));
        await AuditAsync(page, "offline");
    }

    private static async Task AuditAsync(IPage page, string view)
    {
        // Two frames: what was just shown has been laid out.
        var found = await page.EvaluateAsync<JsonElement>(
            """
            () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
              .then(() => axe.run(document, { resultTypes: ['violations'] }))
              .then(result => ({
                passes: result.passes.length,
                violations: result.violations.filter(one => one.impact === 'serious' || one.impact === 'critical')
                  .map(one => `${one.id}: ${one.nodes.map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`),
              }))
            """);
        Assert.True(found.GetProperty("passes").GetInt32() > 10, $"{view}: hardly anything was audited.");
        Assert.Empty(found.GetProperty("violations").EnumerateArray().Select(violation => $"{view}: {violation.GetString()}"));
    }
}
