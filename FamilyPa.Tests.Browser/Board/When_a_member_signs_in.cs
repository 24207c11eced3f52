using System.Text.RegularExpressions;
using FamilyPa.Local.App;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

public sealed partial class When_a_member_signs_in(BoardApp app) : BoardTest(app)
{
    [Fact]
    public async Task The_code_from_the_message_opens_the_board()
    {
        var page = await BrowserAsync();
        await page.GotoAsync("/board");
        await page.GetByLabel("Phone number").FillAsync("+44 7700 900124");
        await Button(page, "Send me a code").ClickAsync();
        await page.GetByLabel("Code").WaitForAsync();
        var message = await App.Twilio.WaitForMessageAsync(sent => sent.To.EndsWith(DemoFamily.Second.Phone, StringComparison.Ordinal) && Code().IsMatch(sent.Body), TimeSpan.FromSeconds(15));
        var code = Code().Match(message.Body).Value;

        await page.GetByLabel("Code").FillAsync(code == "000000" ? "000001" : "000000");
        await Button(page, "Sign in").ClickAsync();
        await SeesAsync(page.GetByText("That code is not right, or is too old."));
        await page.GetByLabel("Code").FillAsync($"{code[..3]} {code[3..]}");
        await page.Keyboard.PressAsync("Enter");

        await SeesAsync(Heading(page, "Today"));
        await SeesAsync(page.GetByText(DemoFamily.Name).First);
        await page.ReloadAsync();
        await SeesAsync(Heading(page, "Today"));
    }

    [Fact]
    public async Task Another_code_is_offered_once_one_would_be_sent()
    {
        var page = await BrowserAsync();
        await page.Clock.InstallAsync();
        await page.GotoAsync("/board");
        await AskAsync("+44 7700 900177");
        await Assertions.Expect(Button(page, "Send again")).ToBeDisabledAsync();
        await page.Clock.RunForAsync(40_000);
        await Button(page, "Use another number").ClickAsync();
        await AskAsync("+44 7700 900178");

        await page.Clock.RunForAsync(55_000);
        await Assertions.Expect(Button(page, "Send again")).ToBeDisabledAsync();
        await page.Clock.RunForAsync(10_000);
        await Assertions.Expect(Button(page, "Send again")).ToBeEnabledAsync();

        async Task AskAsync(string phone)
        {
            await page.GetByLabel("Phone number").FillAsync(phone);
            await Button(page, "Send me a code").ClickAsync();
            await SeesAsync(page.GetByText($"If {phone.Replace(" ", "", StringComparison.Ordinal)} belongs to a family here"));
        }
    }

    [Theory]
    [InlineData("07700 900124")]
    [InlineData("+44")]
    [InlineData("my number")]
    public async Task What_is_no_whole_number_is_not_sent(string typed)
    {
        var page = await BrowserAsync();
        await page.GotoAsync("/board");
        await page.GetByLabel("Phone number").FillAsync(typed);
        await Button(page, "Send me a code").ClickAsync();

        await SeesAsync(page.GetByText("Type the whole number with its country code"));
        await Assertions.Expect(page.GetByLabel("Phone number")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_link_opens_the_board_once_and_stays_nowhere()
    {
        var link = await App.LinkAsync(DemoFamily.Owner);
        // Scanners of links run scripts, but do not tap.
        var scanner = await BrowserAsync();
        var requested = new List<string>();
        scanner.Request += (_, request) => requested.Add(request.Url);
        await scanner.GotoAsync(link);
        await SeesAsync(Button(scanner, "Sign in as Alex"));
        Assert.Empty(await scanner.Context.CookiesAsync());
        Assert.DoesNotContain(requested, url => url.Contains(link.Split('=')[1], StringComparison.Ordinal));
        Assert.Equal("/board/sign-in", new Uri(scanner.Url).PathAndQuery + new Uri(scanner.Url).Fragment);
        var page = await BrowserAsync();
        await page.GotoAsync(link);
        await SeesAsync(page.GetByText($"This link signs you in as Alex of {DemoFamily.Name}."));
        await Button(page, "Sign in as Alex").ClickAsync();
        await SeesAsync(Heading(page, "Today"));
        Assert.Equal("/board", new Uri(page.Url).PathAndQuery);
        await page.GoBackAsync();
        Assert.DoesNotContain("link=", page.Url, StringComparison.Ordinal);

        var other = await BrowserAsync();
        await other.GotoAsync(link);
        await SeesAsync(other.GetByText("That link was used already, or is too old."));
        Assert.Equal("/board/sign-in", new Uri(other.Url).PathAndQuery);
    }

    [Fact]
    public async Task A_link_that_replaces_a_session_says_so_and_ends_it()
    {
        var page = await SignedInAsync(DemoFamily.Owner);
        var former = Assert.Single(await page.Context.CookiesAsync());
        Assert.Equal(("__Host-familypa_session", true, true, "/"), (former.Name, former.Secure, former.HttpOnly, former.Path));

        await page.GotoAsync(await App.LinkAsync(DemoFamily.Second));
        await SeesAsync(page.GetByText($"You are signed in as Alex of {DemoFamily.Name}. Signing in as Sam of {DemoFamily.Name} ends that."));
        Assert.Equal(200, await StatusAsync());
        Assert.Equal(former.Value, Assert.Single(await page.Context.CookiesAsync()).Value);

        await Button(page, "Sign in as Sam").ClickAsync();
        await SeesAsync(Heading(page, "Today"));
        Assert.Equal(401, await StatusAsync());

        async Task<int> StatusAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/tasks");
            request.Headers.Add("Cookie", $"{former.Name}={former.Value}");
            using var answer = await App.Http.SendAsync(request, Cancellation);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_link_that_is_opened_where_its_page_is_already_open_is_read_too()
    {
        var page = await BrowserAsync();
        await page.GotoAsync("/board/sign-in");
        await SeesAsync(page.GetByLabel("Phone number"));

        await page.GotoAsync(await App.LinkAsync(DemoFamily.Owner));

        await SeesAsync(Button(page, "Sign in as Alex"));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_leaves_nothing_behind()
    {
        await AddAsync("A secret present");
        var page = await SignedInAsync(DemoFamily.Owner);
        await GoToAsync(page, "Someday");
        await SeesAsync(Row(page, "A secret present"));
        var cookie = Assert.Single(await page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.NotEqual(0, await page.EvaluateAsync<int>("localStorage.length"));

        await page.GetByRole(AriaRole.Link, new() { Name = "family" }).ClickAsync();
        await Button(page, "Sign out").ClickAsync();
        await SeesAsync(page.GetByLabel("Phone number"));

        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length"));
        Assert.DoesNotContain("A secret present", await page.ContentAsync(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/tasks");
        request.Headers.Add("Cookie", $"{cookie.Name}={cookie.Value}");
        using var answer = await App.Http.SendAsync(request, Cancellation);
        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_session_that_is_revoked_ends_at_the_next_look()
    {
        await AddAsync("A secret present");
        var page = await SignedInAsync(DemoFamily.Owner);
        await App.Database.ExecuteAsync("update sessions set revoked_at = now()");

        await SeesAsync(page.GetByLabel("Phone number"));
        Assert.DoesNotContain("A secret present", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Code();
}
