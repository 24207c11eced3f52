using System.Net;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_request_is_routed(ProbeHttp probe) : IClassFixture<ProbeHttp>
{
    [Theory]
    [InlineData("/tasks", "Tasks")]
    [InlineData("/tasks/7", "Task 7")]
    [InlineData("/days/1/4d3c2b1a-0000-0000-0000-000000000000", "Days 1 4d3c2b1a-0000-0000-0000-000000000000")]
    [InlineData("/board/a/b.js", "Board a/b.js")]
    [InlineData("/board/", "Board ")]
    [InlineData("/board", "Board ")]
    [InlineData("/nameless", "named")]
    [InlineData("/api/admin/replay", "replay")]
    public async Task The_function_of_the_route_gets_its_values(string path, string expected) =>
        Assert.Equal((HttpStatusCode.OK, expected), await probe.Host.ReadAsync(path));

    [Fact]
    public async Task The_first_name_wins_and_not_the_most_specific_route() =>
        Assert.Equal((HttpStatusCode.OK, "general"), await probe.Host.ReadAsync("/pages/special"));

    [Fact]
    public async Task A_wrong_method_is_not_found_and_empty()
    {
        using var response = await probe.Host.Client.PostAsync("/tasks", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_route_that_names_no_method_takes_them_all()
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/any");
        using var response = await probe.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("PATCH", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/tasks/7/8")]
    [InlineData("/days/x/4d3c2b1a-0000-0000-0000-000000000000")]
    public async Task An_unknown_path_is_not_found(string path) => Assert.Equal((HttpStatusCode.NotFound, ""), await probe.Host.ReadAsync(path));
}
