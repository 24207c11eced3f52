using System.Net;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_key_is_asked_for(ProbeHttp probe) : IClassFixture<ProbeHttp>
{
    [Theory]
    [InlineData("/secret")]
    [InlineData("/secret?code=")]
    [InlineData("/secret?code=wrong")]
    [InlineData("/secret?code=probe-function-ke")]
    [InlineData("/by-default")]
    [InlineData("/masters")]
    public async Task A_missing_or_wrong_key_is_unauthorized_and_empty(string path) =>
        Assert.Equal((HttpStatusCode.Unauthorized, ""), await probe.Host.ReadAsync(path));

    [Fact]
    public async Task The_key_may_come_in_the_query() =>
        Assert.Equal((HttpStatusCode.OK, "in"), await probe.Host.ReadAsync($"/secret?code={ProbeHost.Key}"));

    [Fact]
    public async Task The_key_may_come_in_a_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/secret") { Headers = { { "x-functions-key", ProbeHost.Key } } };
        using var response = await probe.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("in", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
