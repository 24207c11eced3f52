using System.Net;

namespace FamilyPa.Tests.Local.Hosting;

public class When_an_http_function_answers(ProbeHttp probe) : IClassFixture<ProbeHttp>
{
    private ProbeHost Host => probe.Host;

    [Fact]
    public async Task A_result_keeps_its_status_and_content_type()
    {
        using var response = await Host.Client.GetAsync("/result", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("text/xml", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("<Response/>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_action_result_works_too() =>
        Assert.Equal((HttpStatusCode.NotFound, """{"messageSid":"SM1"}"""), await Host.ReadAsync("/action"));

    [Fact]
    public async Task A_directly_written_response_is_kept() => Assert.Equal((HttpStatusCode.Created, "written"), await Host.ReadAsync("/written"));

    [Fact]
    public async Task Forms_cookies_and_redirects_work()
    {
        using var form = new FormUrlEncodedContent([new("Body", "Buy milk 🥛 & bread")]);

        using var response = await Host.Client.PostAsync("/form", form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/board", response.Headers.Location!.ToString());
        Assert.Equal("body=Buy%20milk%20%F0%9F%A5%9B%20%26%20bread; path=/", Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task Forwarded_headers_are_removed_and_Client_IP_is_kept()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/headers")
        {
            Headers = { { "X-Forwarded-For", "203.0.113.7" }, { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Host", "evil.example" }, { "Client-IP", "198.51.100.1" } },
        };
        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("   198.51.100.1", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_callers_trace_is_continued()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/trace") { Headers = { { "traceparent", $"00-{Trace}-b7ad6b7169203331-01" } } };
        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.StartsWith($"00-{Trace}-", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_call_is_logged_under_the_functions_name_with_its_begin_and_its_end()
    {
        await Host.ReadAsync("/result");

        await Host.WaitForLineAsync("Executing 'Functions.Result' (Reason='This function was programmatically called via the host APIs.', Id=");
        await Host.WaitForLineAsync("Executed 'Functions.Result' (Succeeded, Id=");
    }
}
