using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_an_http_function_answers
{
    [Fact]
    public async Task A_result_keeps_its_status_and_content_type()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();

        using var response = await functions.GetAsync("/result");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("text/xml", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("<Response/>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_result_may_be_json()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();

        Assert.Equal((HttpStatusCode.OK, """{"messageSid":"SM1"}"""), await functions.ReadAsync("/json"));
    }

    [Fact]
    public async Task An_action_result_works_too()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();

        Assert.Equal((HttpStatusCode.NotFound, """{"messageSid":"SM1"}"""), await functions.ReadAsync("/action"));
    }

    [Fact]
    public async Task What_it_wrote_itself_stays()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();

        Assert.Equal((HttpStatusCode.Created, "written"), await functions.ReadAsync("/written"));
    }

    [Fact]
    public async Task Forms_cookies_and_redirects_work()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();
        using var form = new FormUrlEncodedContent([new("Body", "Buy milk 🥛 & bread")]);

        using var response = await functions.Client.PostAsync("/form", form, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/board", response.Headers.Location!.ToString());
        Assert.Equal("body=Buy%20milk%20%F0%9F%A5%9B%20%26%20bread; path=/", Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task The_server_does_not_name_itself()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();

        using var response = await functions.GetAsync("/result");

        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Who_called_and_how_is_what_the_host_saw()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();
        functions.Client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        functions.Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        functions.Client.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example");
        functions.Client.DefaultRequestHeaders.Add("Client-IP", "198.51.100.1");

        var (_, body) = await functions.ReadAsync("/headers");

        Assert.Equal($"127.0.0.1 http {functions.Client.BaseAddress!.Authority} 198.51.100.1", body);
    }

    [Fact]
    public async Task The_call_is_logged_under_the_functions_name_with_its_reason_and_its_end()
    {
        await using var functions = await LocalFunctions.StartAsync<Answers>();

        await functions.ReadAsync("/result");

        await Wait.Until(() => functions.Log.Any(line => line.StartsWith("Information Function.Result: Executed 'Functions.Result' (Succeeded", StringComparison.Ordinal)));
        Assert.Contains(functions.Log, line => line.StartsWith(
            "Information Function.Result: Executing 'Functions.Result' (Reason='This function was programmatically called via the host APIs.', Id=", StringComparison.Ordinal));
    }

    public class Answers
    {
        [Function("Result")]
        public Task<IResult> Result([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "result")] HttpRequest request) =>
            Task.FromResult(Results.Text("<Response/>", "text/xml", statusCode: 202));

        [Function("Json")]
        public IResult Json([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "json")] HttpRequest request) =>
            Results.Ok(new { MessageSid = "SM1" });

        [Function("Action")]
        public IActionResult Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "action")] HttpRequest request) =>
            new NotFoundObjectResult(new { MessageSid = "SM1" });

        [Function("Written")]
        public Task Written([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "written")] HttpRequest request)
        {
            request.HttpContext.Response.StatusCode = StatusCodes.Status201Created;
            return request.HttpContext.Response.WriteAsync("written");
        }

        [Function("Form")]
        public async Task<IResult> Form([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "form")] HttpRequest request, CancellationToken cancellationToken)
        {
            var form = await request.ReadFormAsync(cancellationToken);
            request.HttpContext.Response.Cookies.Append("body", form["Body"].ToString());
            return Results.Redirect("/board");
        }

        [Function("Headers")]
        public IResult Headers([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "headers")] HttpRequest request) => Results.Text(string.Join(
            ' ',
            request.Headers["X-Forwarded-For"],
            request.Headers["X-Forwarded-Proto"],
            request.Headers["X-Forwarded-Host"],
            request.Headers["Client-IP"]));
    }
}
