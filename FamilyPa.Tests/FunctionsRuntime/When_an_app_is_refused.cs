using FunctionsRuntime.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;

namespace FamilyPa.Tests.FunctionsRuntime;

/// <summary>What the platform refuses, or takes and then breaks on, ends the local start with a reason.</summary>
public class When_an_app_is_refused
{
    [Theory]
    [InlineData(typeof(Admin), "admin")]
    [InlineData(typeof(Runtime), "runtime")]
    [InlineData(typeof(Root), "'/'")]
    [InlineData(typeof(Twice), "same route")]
    [InlineData(typeof(SameShape), "same route")]
    [InlineData(typeof(SameName), "more than once")]
    [InlineData(typeof(NamedHost), "not a valid function name")]
    [InlineData(typeof(BadName), "not a valid function name")]
    [InlineData(typeof(LongName), "not a valid function name")]
    [InlineData(typeof(NoTrigger), "exactly one")]
    [InlineData(typeof(Unbindable), "cannot bind")]
    [InlineData(typeof(NotOfTheRoute), "cannot bind")]
    [InlineData(typeof(NotAwaited), "ValueTask")]
    [InlineData(typeof(BadSchedule), "not a cron expression")]
    [InlineData(typeof(MissingSchedule), "%No_Such_Setting%")]
    [InlineData(typeof(NoStorage), "No_Such_Storage")]
    public void The_reason_is_named(Type functions, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => LocalFunctions.Build([functions])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_same_route_under_different_methods_is_fine() => LocalFunctions.Build([typeof(OncePerMethod)]).Dispose();

    [Fact]
    public void The_route_prefix_cannot_be_an_app_setting() =>
        Assert.Contains("routePrefix", Assert.Throws<InvalidOperationException>(() => LocalFunctions.Build(
            [typeof(OncePerMethod)],
            builder => builder.Configuration.AddInMemoryCollection([new("AzureFunctionsJobHost:extensions:http:routePrefix", "")]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("batchSize", "33")]
    [InlineData("newBatchThreshold", "-1")]
    [InlineData("maxDequeueCount", "0")]
    [InlineData("maxPollingInterval", "00:00:00.050")]
    [InlineData("messageEncoding", "utf8")]
    public void A_queue_setting_out_of_its_bounds_is_named(string name, string value) =>
        Assert.Contains(name, Assert.Throws<InvalidOperationException>(() => LocalFunctions.Build(
            [typeof(OncePerMethod)],
            builder => builder.Configuration.AddInMemoryCollection([new($"AzureFunctionsJobHost:extensions:queues:{name}", value)]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Http_functions_need_the_web_application()
    {
        var builder = new FunctionsApplicationBuilder([], new FunctionSource([typeof(OncePerMethod)], "none"));

        Assert.Contains("ConfigureFunctionsWebApplication", Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_can_be_built_twice()
    {
        var builder = new FunctionsApplicationBuilder([], new FunctionSource([], "none"));
        builder.Build().Dispose();

        Assert.Throws<InvalidOperationException>(builder.Build);
    }

    public class Admin
    {
        [Function("F")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "Admin/x")] HttpRequest request) => Task.CompletedTask;
    }

    public class Runtime
    {
        [Function("F")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "/runtimes")] HttpRequest request) => Task.CompletedTask;
    }

    public class Root
    {
        [Function("F")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "/")] HttpRequest request) => Task.CompletedTask;
    }

    public class Twice
    {
        [Function("A")]
        public Task A([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "x")] HttpRequest request) => Task.CompletedTask;

        [Function("B")]
        public Task B([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = "/X/")] HttpRequest request) => Task.CompletedTask;
    }

    public class SameShape
    {
        [Function("A")]
        public Task A([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{a}")] HttpRequest request) => Task.CompletedTask;

        [Function("B")]
        public Task B([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x/{b}")] HttpRequest request) => Task.CompletedTask;
    }

    public class OncePerMethod
    {
        [Function("A")]
        public Task A([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x")] HttpRequest request) => Task.CompletedTask;

        [Function("B")]
        public Task B([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "x")] HttpRequest request) => Task.CompletedTask;
    }

    public class SameName
    {
        [Function("Same")]
        public Task A([HttpTrigger(AuthorizationLevel.Anonymous, Route = "a")] HttpRequest request) => Task.CompletedTask;

        [Function("same")]
        public Task B([HttpTrigger(AuthorizationLevel.Anonymous, Route = "b")] HttpRequest request) => Task.CompletedTask;
    }

    public class NamedHost
    {
        [Function("Host")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x")] HttpRequest request) => Task.CompletedTask;
    }

    public class BadName
    {
        [Function("1st")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x")] HttpRequest request) => Task.CompletedTask;
    }

    public class LongName
    {
        private const string Sixteen = "a123456789abcdef";

        [Function(Sixteen + Sixteen + Sixteen + Sixteen + Sixteen + Sixteen + Sixteen + Sixteen + "a")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x")] HttpRequest request) => Task.CompletedTask;
    }

    public class NoTrigger
    {
        [Function("F")]
        public Task Run(HttpRequest request) => Task.CompletedTask;
    }

    public class Unbindable
    {
        [Function("F")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x")] string request) => Task.CompletedTask;
    }

    public class NotOfTheRoute
    {
        [Function("F")]
        public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{id}")] HttpRequest request, string other) => Task.CompletedTask;
    }

    public class NotAwaited
    {
        [Function("F")]
        public ValueTask Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x")] HttpRequest request) => default;
    }

    public class BadSchedule
    {
        [Function("F")]
        public void Run([TimerTrigger("every now and then")] TimerInfo timer) => _ = timer;
    }

    public class MissingSchedule
    {
        [Function("F")]
        public void Run([TimerTrigger("%No_Such_Setting%")] TimerInfo timer) => _ = timer;
    }

    public class NoStorage
    {
        [Function("F")]
        public void Run([QueueTrigger("q", Connection = "No_Such_Storage")] string message) => _ = message;
    }
}
