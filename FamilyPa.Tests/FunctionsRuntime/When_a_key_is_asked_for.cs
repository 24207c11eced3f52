using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_a_key_is_asked_for
{
    [Theory]
    [InlineData("/secret")]
    [InlineData("/secret?code=")]
    [InlineData("/secret?code=wrong")]
    [InlineData("/secret?code=the-ke")]
    [InlineData("/default")]
    [InlineData("/by-method")]
    [InlineData("/masters")]
    public async Task A_missing_or_wrong_key_is_unauthorized_and_empty(string path)
    {
        await using var functions = await Start("the-key");

        Assert.Equal((HttpStatusCode.Unauthorized, ""), await functions.ReadAsync(path));
    }

    [Fact]
    public async Task The_key_may_come_in_the_query()
    {
        await using var functions = await Start("the-key");

        Assert.Equal((HttpStatusCode.OK, "in"), await functions.ReadAsync("/secret?code=the-key"));
    }

    [Fact]
    public async Task The_key_may_come_in_a_header()
    {
        await using var functions = await Start("the-key");
        functions.Client.DefaultRequestHeaders.Add("x-functions-key", "the-key");

        Assert.Equal((HttpStatusCode.OK, "in"), await functions.ReadAsync("/secret"));
    }

    [Fact]
    public async Task An_anonymous_function_needs_none()
    {
        await using var functions = await Start("the-key");

        Assert.Equal((HttpStatusCode.OK, "in"), await functions.ReadAsync("/open"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Without_a_key_configured_nothing_is_accepted(string? key)
    {
        await using var functions = await Start(key);

        Assert.Equal(HttpStatusCode.Unauthorized, (await functions.ReadAsync("/secret")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await functions.ReadAsync("/secret?code=")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await functions.ReadAsync("/secret?code=the-key")).Status);
    }

    private static Task<LocalFunctions> Start(string? key) => LocalFunctions.StartAsync<Doors>(builder =>
        builder.Configuration.AddInMemoryCollection([new("FUNCTIONS_RUNTIME_KEY", key)]));

    public class Doors
    {
        [Function("Secret")]
        public IResult Secret([HttpTrigger(AuthorizationLevel.Function, "get", Route = "secret")] HttpRequest request) => Results.Text("in");

        [Function("Default")]
        public IResult Default([HttpTrigger(Route = "default")] HttpRequest request) => Results.Text("in");

        [Function("ByMethod")]
        public IResult ByMethod([HttpTrigger("get", Route = "by-method")] HttpRequest request) => Results.Text("in");

        [Function("Admins")]
        public IResult Admins([HttpTrigger(AuthorizationLevel.Admin, Route = "masters")] HttpRequest request) => Results.Text("in");

        [Function("Open")]
        public IResult Open([HttpTrigger(AuthorizationLevel.Anonymous, Route = "open")] HttpRequest request) => Results.Text("in");
    }
}
