using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_an_http_function_fails
{
    [Theory]
    [InlineData("/throws")]
    [InlineData("/throws-later")]
    [InlineData("/result-throws")]
    [InlineData("/no-such-service")]
    [InlineData("/typed/abc")]
    public async Task The_answer_is_500_and_empty(string path)
    {
        await using var functions = await LocalFunctions.StartAsync([typeof(Failing), typeof(Incomplete)]);

        using var response = await functions.GetAsync(path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(response.Headers.Contains("X-Set-Before"));
    }

    [Fact]
    public async Task The_exception_is_logged_under_the_functions_name()
    {
        await using var functions = await LocalFunctions.StartAsync<Failing>();

        await functions.GetAsync("/throws");

        Assert.Contains(functions.Log, line => line.StartsWith("Error Function.Throws: Executed 'Functions.Throws' (Failed", StringComparison.Ordinal) && line.EndsWith("boom", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_request_is_served()
    {
        await using var functions = await LocalFunctions.StartAsync<Failing>();

        await functions.GetAsync("/throws");

        Assert.Equal(HttpStatusCode.OK, (await functions.ReadAsync("/works")).Status);
    }

    [Fact]
    public async Task A_body_over_thirty_million_bytes_is_500_too()
    {
        await using var functions = await LocalFunctions.StartAsync<Failing>();
        // The refusal comes while the body is still on its way; this way it is not sent before it is wanted.
        functions.Client.DefaultRequestHeaders.ExpectContinue = true;
        using var most = new ByteArrayContent(new byte[30_000_000]);
        using var tooMuch = new ByteArrayContent(new byte[30_000_001]);

        using var taken = await functions.Client.PostAsync("/body", most, TestContext.Current.CancellationToken);
        using var refused = await functions.Client.PostAsync("/body", tooMuch, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_token()
    {
        var watch = new Watch();
        await using var functions = await LocalFunctions.StartAsync<Waiting>(builder => builder.Services.AddSingleton(watch));
        using var leaving = new CancellationTokenSource();

        var call = functions.Client.GetAsync("/wait", leaving.Token);
        await watch.Entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await watch.Canceled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public class Failing
    {
        [Function("Throws")]
        public IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, Route = "throws")] HttpRequest request)
        {
            request.HttpContext.Response.Headers["X-Set-Before"] = "1";
            throw new InvalidOperationException("boom");
        }

        [Function("ThrowsLater")]
        public async Task<IResult> ThrowsLater([HttpTrigger(AuthorizationLevel.Anonymous, Route = "throws-later")] HttpRequest request)
        {
            await Task.Yield();
            throw new InvalidOperationException("boom");
        }

        [Function("ResultThrows")]
        public IResult ResultThrows([HttpTrigger(AuthorizationLevel.Anonymous, Route = "result-throws")] HttpRequest request) => new ThrowingResult();

        [Function("Typed")]
        public IResult Typed([HttpTrigger(AuthorizationLevel.Anonymous, Route = "typed/{id}")] HttpRequest request, Guid id) => Results.Text($"{id}");

        [Function("Works")]
        public IResult Works([HttpTrigger(AuthorizationLevel.Anonymous, Route = "works")] HttpRequest request) => Results.Ok();

        [Function("Body")]
        public async Task<IResult> Body([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request)
        {
            await request.Body.CopyToAsync(Stream.Null);
            return Results.Ok();
        }
    }

    public class Incomplete(Watch watch)
    {
        [Function("NoSuchService")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "no-such-service")] HttpRequest request) => Results.Ok(watch);
    }

    public class Waiting(Watch watch)
    {
        [Function("Wait")]
        public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "wait")] HttpRequest request, CancellationToken cancellationToken)
        {
            watch.Entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                watch.Canceled.SetResult();
            }

            return Results.Ok();
        }
    }

    public sealed class Watch
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Canceled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class ThrowingResult : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => throw new InvalidOperationException("boom");
    }
}
