using FamilyPa.Tests.Browser.Board;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Ops;

public sealed class When_an_operator_uses_the_console(BoardApp app) : BoardTest(app)
{
    public static TheoryData<ColorScheme, bool> Looks => new() { { ColorScheme.Light, true }, { ColorScheme.Dark, false } };

    [Fact]
    public async Task A_wrong_key_opens_nothing()
    {
        var page = await BrowserAsync();
        await page.GotoAsync("/ops");

        await SignInAsync(page, "wrong");

        await SeesAsync(page.GetByText("This key opens nothing here."));
        await SeesNoneAsync(Heading(page, "Overview"));
    }

    [Fact]
    public async Task The_key_stands_in_no_address_and_is_forgotten_on_the_way_out()
    {
        var page = await OpenedAsync("/ops");
        var addresses = new List<string>();
        page.Request += (_, request) => addresses.Add(request.Url);

        await page.GetByRole(AriaRole.Link, new() { Name = "Messages", Exact = true }).ClickAsync();
        await SeesAsync(Heading(page, "Messages"));
        await Button(page, "Sign out").ClickAsync();

        await SeesAsync(page.GetByLabel("Function key"));
        Assert.NotEmpty(addresses);
        Assert.DoesNotContain(addresses, address => address.Contains(FamilyPaApp.FunctionKey, StringComparison.Ordinal));
        Assert.Equal(0, await page.EvaluateAsync<int>("sessionStorage.length"));
    }

    [Fact]
    public async Task A_reader_signs_in_at_the_issuer_sees_everything_and_changes_nothing()
    {
        App.Issuer.SignedIn = () => App.Issuer.Token(Guid.NewGuid(), claims: new() { ["preferred_username"] = "ann@example.com", ["roles"] = (string[])["reader"] });
        var sid = await App.StoredAsync(new() { Body = "buy milk tomorrow", ErrorCode = "ai_http_500" });
        var page = await BrowserAsync();
        await page.GotoAsync("/ops");

        await Button(page, "Sign in with Microsoft").ClickAsync();
        await SeesAsync(Heading(page, "Overview"));
        Assert.DoesNotContain("code", new Uri(page.Url).Fragment, StringComparison.Ordinal);
        await page.GetByPlaceholder("MessageSid…").FillAsync(sid);
        await page.GetByPlaceholder("MessageSid…").PressAsync("Enter");
        await SeesAsync(Heading(page, sid));
        await Button(page, "Replay…").ClickAsync();

        await SeesAsync(page.GetByText("Your role does not allow this."));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from audit_log where message_sid = $1", sid));
        Assert.NotEqual(0, await App.Database.ScalarAsync<long>("select count(*) from audit_log where action = 'overview' and actor like 'operator:ann@example.com (%'"));
    }

    [Fact]
    public async Task A_return_that_was_not_started_here_signs_nobody_in()
    {
        App.Issuer.SignedIn = () => App.Issuer.Token(Guid.NewGuid(), claims: new() { ["roles"] = (string[])["operator"] });
        var page = await BrowserAsync();

        await page.GotoAsync("/ops#code=once&state=stolen");

        await SeesAsync(page.GetByLabel("Function key"));
        Assert.Equal(0, await page.EvaluateAsync<int>("sessionStorage.length"));
    }

    [Fact]
    public async Task From_a_failure_to_its_timeline_and_its_replay()
    {
        var code = $"odd_{Guid.NewGuid():N}"[..20];
        var sid = await App.StoredAsync(new() { Body = "buy milk tomorrow", ErrorCode = code });
        var page = await OpenedAsync("/ops");

        await page.GetByRole(AriaRole.Link, new() { Name = code }).ClickAsync();
        await SeesAsync(Heading(page, "Messages"));
        await page.GetByRole(AriaRole.Link, new() { Name = sid }).ClickAsync();
        await SeesAsync(Heading(page, sid));
        await SeesAsync(page.GetByText($"{code}:"));
        await SeesNoneAsync(page.GetByText("buy milk tomorrow"));
        await Button(page, "Replay…").ClickAsync();
        await SeesAsync(page.GetByText("1 message: 1 would run again"));
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();

        await SeesAsync(page.GetByText("1 run again."));
        Assert.Equal("done", (await App.WaitForJobAsync(sid, "done")).Status);
    }

    [Fact]
    public async Task The_timeline_ends_with_the_query_that_finds_its_log_lines()
    {
        var sid = await App.TextAsync("buy milk tomorrow");
        await App.WaitForJobAsync(sid, "done");
        var page = await OpenedAsync($"/ops/message?sid={sid}");

        await SeesAsync(page.GetByText($"AppTraces | where Properties.message_sid == \"{sid}\" and Properties.phase == \"finalize\"").First);
        await SeesAsync(Button(page, "Copy"));
    }

    [Fact]
    public async Task What_was_written_is_shown_only_on_a_second_word_and_that_is_noted()
    {
        var sid = await App.StoredAsync(new() { Body = "a word of the family" });
        var page = await OpenedAsync($"/ops/message?sid={sid}");

        await SeesNoneAsync(page.GetByText("a word of the family"));
        await Button(page, "Show what was written").ClickAsync();
        await Button(page, "Show it (the audit log notes it)").ClickAsync();

        await SeesAsync(page.GetByText("a word of the family").First);
        Assert.Equal(1L, await App.Database.ScalarAsync<long>("select count(*) from audit_log where action = 'reveal' and message_sid = $1", sid));
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Nothing_serious_is_found_by_an_audit(ColorScheme scheme, bool phone)
    {
        var sid = await App.StoredAsync(new() { ErrorCode = "ai_http_500" });
        await App.Database.ExecuteAsync(
            "insert into poison_messages (queue, queue_message_id, body, message_sid, cause) values ('extract', $1, $2, $2, 'ai_http_500')", Guid.NewGuid().ToString(), sid);
        var page = await BrowserAsync(scheme, phone, await Axe.ScriptAsync());
        await page.GotoAsync("/ops");
        await Axe.AuditAsync(page, "sign in");
        await SignInAsync(page, FamilyPaApp.FunctionKey);

        await SeesAsync(page.GetByText("What failed, and where"));
        await SeesAsync(page.GetByText("ai_http_500").First);
        await Axe.AuditAsync(page, "overview");
        await page.GetByRole(AriaRole.Link, new() { Name = "Messages", Exact = true }).ClickAsync();
        await SeesAsync(page.GetByText(sid));
        await Axe.AuditAsync(page, "messages");
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Dead letters", Exact = true }).ClickAsync();
        await SeesAsync(page.GetByText(sid));
        await Axe.AuditAsync(page, "dead letters");
        await page.GetByRole(AriaRole.Link, new() { Name = "Limits", Exact = true }).ClickAsync();
        await SeesAsync(page.GetByText("Breakers"));
        await Axe.AuditAsync(page, "limits");
        await page.GetByPlaceholder("MessageSid…").FillAsync(sid);
        await page.GetByPlaceholder("MessageSid…").PressAsync("Enter");
        await SeesAsync(page.GetByText("What happened"));
        await Axe.AuditAsync(page, "timeline");
        await Button(page, "Replay…").ClickAsync();
        await SeesAsync(page.GetByText("would run again"));
        await Axe.AuditAsync(page, "replay");
    }

    private async Task<IPage> OpenedAsync(string path)
    {
        var page = await BrowserAsync();
        await page.GotoAsync(path);
        await SignInAsync(page, FamilyPaApp.FunctionKey);
        await SeesAsync(page.GetByRole(AriaRole.Heading, new() { Level = 1 }));
        return page;
    }

    private static async Task SignInAsync(IPage page, string key)
    {
        await page.GetByLabel("Function key").FillAsync(key);
        await Button(page, "Open").ClickAsync();
    }
}
