using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FamilyPa.Tests.FunctionsRuntime;

public class When_middleware_surrounds_a_call
{
    private readonly ConcurrentQueue<string> steps = new();

    [Fact]
    public async Task It_runs_in_the_order_of_registration_and_before_the_result_is_written()
    {
        await using var functions = await Start(builder => builder.UseMiddleware<Outer>().UseMiddleware<Inner>());

        await functions.ReadAsync("/call");

        Assert.Equal(["outer in", "inner in", "call", "inner out", "outer out", "result written"], steps);
    }

    [Fact]
    public async Task It_is_one_instance_for_all_calls()
    {
        await using var functions = await Start(builder => builder.UseMiddleware<Counting>());

        await functions.ReadAsync("/call");
        using var second = await functions.GetAsync("/call");

        Assert.Equal("2", second.Headers.GetValues("X-Count").Single());
    }

    [Fact]
    public async Task It_may_put_another_result_in_the_place_of_the_functions()
    {
        await using var functions = await Start(builder => builder.UseMiddleware<Replacing>());

        Assert.Equal((HttpStatusCode.OK, "instead of Recorded"), await functions.ReadAsync("/call"));
    }

    [Fact]
    public async Task It_may_answer_without_calling_the_function()
    {
        await using var functions = await Start(builder => builder.UseMiddleware<Refusing>());

        Assert.Equal((HttpStatusCode.Forbidden, ""), await functions.ReadAsync("/call"));
        Assert.Empty(steps);
    }

    [Fact]
    public async Task It_may_turn_an_exception_into_a_result()
    {
        await using var functions = await Start(builder => builder.UseMiddleware<Catching>());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "boom"), await functions.ReadAsync("/boom"));
    }

    [Fact]
    public async Task It_sees_what_is_called_and_shares_the_calls_services()
    {
        await using var functions = await Start(builder =>
        {
            builder.Services.AddScoped<PerCall>();
            builder.UseMiddleware<Looking>();
        });

        var (_, first) = await functions.ReadAsync("/looked-at");
        var (_, second) = await functions.ReadAsync("/looked-at");

        Assert.Equal("LookedAt httpTrigger True", first[..first.LastIndexOf(' ')]);
        Assert.NotEqual(first, second);
    }

    private Task<LocalFunctions> Start(Action<FunctionsApplicationBuilder> configure) => LocalFunctions.StartAsync(
        [typeof(Calls), typeof(ScopedCalls)],
        builder =>
        {
            builder.Services.AddSingleton(steps).AddScoped<PerCall>();
            configure(builder);
        });

    public class Calls(ConcurrentQueue<string> steps)
    {
        [Function("Call")]
        public IResult Call([HttpTrigger(AuthorizationLevel.Anonymous, Route = "call")] HttpRequest request)
        {
            steps.Enqueue("call");
            return new Recorded(steps);
        }

        [Function("Boom")]
        public IResult Boom([HttpTrigger(AuthorizationLevel.Anonymous, Route = "boom")] HttpRequest request) => throw new InvalidOperationException("boom");
    }

    public class ScopedCalls(PerCall perCall)
    {
        [Function("LookedAt")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "looked-at")] HttpRequest request, FunctionContext context) =>
            Results.Text($"{context.Items["seen"]} {ReferenceEquals(context.Items["services"], perCall)} {context.InvocationId}");
    }

    public sealed class PerCall;

    private sealed class Recorded(ConcurrentQueue<string> steps) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            steps.Enqueue("result written");
            return Task.CompletedTask;
        }
    }

    public sealed class Outer(ConcurrentQueue<string> steps) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            steps.Enqueue("outer in");
            await next(context);
            steps.Enqueue("outer out");
        }
    }

    public sealed class Inner(ConcurrentQueue<string> steps) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            steps.Enqueue("inner in");
            await next(context);
            steps.Enqueue("inner out");
        }
    }

    public sealed class Counting : IFunctionsWorkerMiddleware
    {
        private int count;

        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.GetHttpContext()!.Response.Headers["X-Count"] = $"{++count}";
            return next(context);
        }
    }

    public sealed class Replacing : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            await next(context);
            var result = context.GetInvocationResult();
            result.Value = Results.Text($"instead of {result.Value!.GetType().Name}");
        }
    }

    public sealed class Refusing : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.GetInvocationResult().Value = Results.StatusCode(403);
            return Task.CompletedTask;
        }
    }

    public sealed class Catching : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            try
            {
                await next(context);
            }
            catch (InvalidOperationException exception)
            {
                context.GetInvocationResult().Value = Results.Text(exception.Message, statusCode: 503);
            }
        }
    }

    public sealed class Looking : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.Items["seen"] = $"{context.FunctionDefinition.Name} {context.FunctionDefinition.InputBindings.Values.Single().Type}";
            context.Items["services"] = context.InstanceServices.GetRequiredService<PerCall>();
            return next(context);
        }
    }
}
