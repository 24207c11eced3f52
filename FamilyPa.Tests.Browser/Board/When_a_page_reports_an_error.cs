using System.Text;

namespace FamilyPa.Tests.Browser.Board;

[Collection(BoardCollection.Name)]
public sealed class When_a_page_reports_an_error(BoardApp app)
{
    private const string Source = "/board/0123456789abcdef/board/feed.js";

    [Fact]
    public async Task It_is_logged_without_what_anybody_wrote()
    {
        var status = await ReportAsync($$"""{"type":"TypeError","message":"Cannot read 'call grandma' of +447700900123\n[forged] line","source":"{{Source}}","line":12,"column":7}""");

        Assert.Equal(204, status);
        await app.WaitForAsync(() => Task.FromResult(app.Log), log => log.Contains($"TypeError, Cannot read … of forged line in {Source} 12:7", StringComparison.Ordinal), "the error in the log");
        Assert.DoesNotContain("grandma", app.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"message":"no type"}""")]
    [InlineData("""{"type":"two words"}""")]
    [InlineData("""{"type":"Error","line":"many"}""")]
    public async Task What_is_no_error_is_refused(string body) => Assert.Equal(400, await ReportAsync(body));

    [Fact]
    public async Task A_long_one_is_refused_unread() => Assert.Equal(400, await ReportAsync($$"""{"type":"Error","message":"{{new string('x', 4000)}}"}"""));

    [Fact]
    public async Task Another_site_cannot_report() => Assert.Equal(403, await ReportAsync("""{"type":"Error"}""", ours: false));

    private async Task<int> ReportAsync(string body, bool ours = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/client-errors") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (ours)
            request.Headers.Add("X-Requested-With", "familypa");
        using var response = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
