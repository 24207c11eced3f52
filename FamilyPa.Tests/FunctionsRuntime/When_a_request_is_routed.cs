using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_request_is_routed
{
    [Theory]
    [InlineData("/tasks", "Tasks")]
    [InlineData("/TASKS/", "Tasks")]
    [InlineData("/tasks/7", "Task 7")]
    [InlineData("/days/1/2000000000000/4d3c2b1a-0000-0000-0000-000000000000", "Days 1 2000000000000 4d3c2b1a-0000-0000-0000-000000000000")]
    public async Task The_function_of_the_route_gets_its_values(string path, string expected)
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        Assert.Equal((HttpStatusCode.OK, expected), await functions.ReadAsync(path));
    }

    [Theory]
    [InlineData("/board/a/b.js", "Board a/b.js")]
    [InlineData("/board/a", "Board a")]
    [InlineData("/board/", "Board ")]
    [InlineData("/board", "Board ")]
    public async Task A_catch_all_takes_the_bare_path_too(string path, string expected)
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        Assert.Equal((HttpStatusCode.OK, expected), await functions.ReadAsync(path));
    }

    [Fact]
    public async Task The_first_name_wins_and_not_the_most_specific_route()
    {
        await using var functions = await LocalFunctions.StartAsync<Overlapping>();

        Assert.Equal((HttpStatusCode.OK, "general"), await functions.ReadAsync("/pages/special"));
        Assert.Equal((HttpStatusCode.OK, "fixed"), await functions.ReadAsync("/other/special"));
    }

    [Fact]
    public async Task A_wrong_method_is_not_found_and_empty()
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        using var response = await functions.Client.PostAsync("/tasks", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_route_that_names_no_method_takes_them_all()
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        using var request = new HttpRequestMessage(HttpMethod.Patch, "/any");
        using var response = await functions.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/nothing")]
    [InlineData("/tasks/7/8")]
    [InlineData("/days/x/2/4d3c2b1a-0000-0000-0000-000000000000")]
    public async Task An_unknown_path_is_not_found(string path)
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        Assert.Equal((HttpStatusCode.NotFound, ""), await functions.ReadAsync(path));
    }

    [Fact]
    public async Task The_prefix_is_api_when_host_json_names_none()
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>(hostJson: "{}");

        Assert.Equal((HttpStatusCode.OK, "Tasks"), await functions.ReadAsync("/api/tasks"));
        Assert.Equal((HttpStatusCode.NotFound, ""), await functions.ReadAsync("/tasks"));
    }

    [Fact]
    public async Task A_function_without_route_answers_under_its_name()
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        Assert.Equal((HttpStatusCode.OK, "named"), await functions.ReadAsync("/nameless"));
    }

    [Fact]
    public async Task A_route_may_have_admin_further_on()
    {
        await using var functions = await LocalFunctions.StartAsync<Routes>();

        Assert.Equal((HttpStatusCode.OK, "replay"), await functions.ReadAsync("/api/admin/replay"));
    }

    public class Routes
    {
        [Function("Tasks")]
        public IResult Tasks([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tasks")] HttpRequest request) => Results.Text("Tasks");

        [Function("Task")]
        public IResult Task([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tasks/{id}")] HttpRequest request, string id) =>
            Results.Text($"Task {id}");

        [Function("Days")]
        public IResult Days(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "days/{day:int}/{ticks}/{family:guid}")] HttpRequest request,
            int day,
            long ticks,
            Guid family) => Results.Text($"Days {day} {ticks} {family}");

        [Function("Board")]
        public IResult Board([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "board/{*path}")] HttpRequest request, string? path) =>
            Results.Text($"Board {path}");

        [Function("Any")]
        public IResult Any([HttpTrigger(AuthorizationLevel.Anonymous, Route = "any")] HttpRequest request) => Results.Text(request.Method);

        [Function("Nameless")]
        public IResult Nameless([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("named");

        [Function("Replay")]
        public IResult Replay([HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/admin/replay")] HttpRequest request) => Results.Text("replay");
    }

    public class Overlapping
    {
        [Function("PagesA")]
        public IResult General([HttpTrigger(AuthorizationLevel.Anonymous, Route = "pages/{*path}")] HttpRequest request) => Results.Text("general");

        [Function("PagesB")]
        public IResult Special([HttpTrigger(AuthorizationLevel.Anonymous, Route = "pages/special")] HttpRequest request) => Results.Text("special");

        [Function("OtherZ")]
        public IResult Wide([HttpTrigger(AuthorizationLevel.Anonymous, Route = "other/{name}")] HttpRequest request) => Results.Text("wide");

        [Function("OtherA")]
        public IResult Fixed([HttpTrigger(AuthorizationLevel.Anonymous, Route = "other/special")] HttpRequest request) => Results.Text("fixed");
    }
}
