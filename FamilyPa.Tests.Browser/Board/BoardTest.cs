using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

/// <summary>
/// Base of the tests in a browser. Each begins with the demo family and without tasks, and none may leave an error in a page's console,
/// which is where a broken script or a breach of the page's Content-Security-Policy shows.
/// </summary>
[Collection(BoardCollection.Name)]
public abstract class BoardTest(BoardApp app) : SharedAppTest<BoardApp>(app)
{
    protected const float Patience = 15_000;

    private readonly List<IBrowserContext> contexts = [];
    private readonly List<string> errors = [];

    public override async ValueTask InitializeAsync()
    {
        if (Chromium.Path is null)
            Assert.Skip("No Chromium and no Google Chrome was found on the PATH: the board is not tested in a browser. Install the package chromium.");
        // Of tasks that came by message the message stays: it may not be deleted, and nobody sees it without its task.
        await App.Database.ExecuteAsync("update series set ended_at = now() where ended_at is null");
        await App.Database.ExecuteAsync("delete from tasks");
        await App.Database.ExecuteAsync("delete from series");
        await App.Database.ExecuteAsync(
            "update families set name = $2, timezone = $3, locale = 'en-GB' where id = $1", DemoFamily.FamilyId, DemoFamily.Name, DemoFamily.TimeZone);
        await App.Database.ExecuteAsync("delete from invitations");
        await App.Database.ExecuteAsync("delete from invitation_pauses");
        await App.Database.ExecuteAsync("delete from calendar_feeds");
        await App.Database.ExecuteAsync("update family_members set digest_at = null");
        await App.Database.ExecuteAsync("delete from family_members where user_id <> all ($1) or family_id <> $2", new[] { DemoFamily.Owner.UserId, DemoFamily.Second.UserId }, DemoFamily.FamilyId);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var context in contexts)
            await context.DisposeAsync();
        Assert.Empty(errors);
        GC.SuppressFinalize(this);
    }

    /// <summary>A browser of somebody's own, who lives in another time zone than the family.</summary>
    protected async Task<IPage> BrowserAsync(ColorScheme scheme = ColorScheme.Light, bool phone = false, string? initScript = null)
    {
        var browser = await App.BrowserAsync();
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = App.BaseUrl,
            Locale = "en-GB",
            TimezoneId = "America/New_York",
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 800 },
        });
        contexts.Add(context);
        context.SetDefaultTimeout(Patience);
        if (initScript is not null)
            await context.AddInitScriptAsync(initScript);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => Note(error);
        page.Console += (_, message) => Judge(message);
        return page;
    }

    /// <summary>Somebody's board, signed in.</summary>
    protected async Task<IPage> SignedInAsync(DemoMember member, ColorScheme scheme = ColorScheme.Light, bool phone = false, string? initScript = null)
    {
        var page = await BrowserAsync(scheme, phone, initScript);
        await page.GotoAsync(await App.LinkAsync(member));
        await Button(page, $"Sign in as {member.Name}").ClickAsync();
        await SeesAsync(Heading(page, "Today"));
        return page;
    }

    protected static ILocator Heading(IPage page, string text) => page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true, Level = 1 });

    /// <summary>A task in the list, by its title.</summary>
    protected static ILocator Row(IPage page, string title) => page.Locator(".task:not(.leaving)").Filter(new() { Has = page.GetByText(title, new() { Exact = true }) });

    /// <summary>A group of tasks, by its heading.</summary>
    protected static ILocator Group(IPage page, string name) =>
        page.Locator(".group").Filter(new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true }) });

    protected static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    protected static Task GoToAsync(IPage page, string view) =>
        page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { NameRegex = new($"^{view}") }).ClickAsync();

    protected static async Task LiftAsync(IPage page, string title)
    {
        var from = (await Row(page, title).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(from.X + 90, from.Y + 30);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(from.X + 90, from.Y + 15, new() { Steps = 3 });
    }

    protected static async Task HoverAsync(IPage page, string group)
    {
        var to = (await Group(page, group).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(to.X + 60, to.Y + (to.Height / 2), new() { Steps = 5 });
    }

    protected static async Task DragAsync(IPage page, string title, string group)
    {
        await LiftAsync(page, title);
        await HoverAsync(page, group);
        await page.Mouse.UpAsync();
    }

    protected static Task SeesAsync(ILocator what) => Assertions.Expect(what).ToBeVisibleAsync(new() { Timeout = Patience });

    protected static Task SeesNoneAsync(ILocator what) => Assertions.Expect(what).ToHaveCountAsync(0, new() { Timeout = Patience });

    /// <summary>Adds a task without the page.</summary>
    protected Task<Guid> AddAsync(string title, string? due = null, bool allDay = true, string status = "open") => App.Database.ScalarAsync<Guid>(
        "insert into tasks (family_id, title, due_at, due_all_day, status, created_by) values ($1, $2, $3::text::timestamptz, $4, $5, $6) returning id",
        DemoFamily.FamilyId, title, due, allDay && due is not null, status, DemoFamily.Owner.UserId);

    /// <summary>Adds the first task of a series.</summary>
    protected async Task<Guid> AddRecurringAsync(string title, string due, string rule)
    {
        var task = await AddAsync(title, due);
        await App.Database.ExecuteAsync("select repeat_task(t, $2, current_date) from tasks t where t.id = $1", task, rule);
        return task;
    }

    private void Note(string error)
    {
        lock (errors)
            errors.Add(error);
    }

    /// <summary>A request that is refused or finds no network is said by the browser as an error too, and is what some tests are about.</summary>
    private void Judge(IConsoleMessage message)
    {
        if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource:", StringComparison.Ordinal))
            Note($"{message.Text} ({message.Location})");
    }
}
