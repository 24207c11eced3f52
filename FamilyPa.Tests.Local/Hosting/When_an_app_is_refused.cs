using FunctionsHost;
using FunctionsHost.Http;
using FunctionsHost.Rpc;
using FunctionsHost.Timers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Local.Hosting;

/// <summary>The local host must reject at startup what the platform rejects, or accepts and then fails on.</summary>
public sealed class When_an_app_is_refused : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddRouting().BuildServiceProvider();

    public void Dispose() => services.Dispose();

    [Theory]
    [InlineData("Admin/x")]
    [InlineData("/runtimes")]
    [InlineData("/")]
    public void A_route_that_the_platform_keeps_or_breaks_on_is_named(string route) =>
        Assert.Contains("'A'", Assert.Throws<FunctionsHostException>(() => Routes(Http("A", route))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("x", "/X/")]
    [InlineData("x/{a}", "x/{b}")]
    public void Two_functions_of_one_route_and_method_are_named(string one, string other) =>
        Assert.Contains("'A' and 'B'", Assert.Throws<FunctionsHostException>(() => Routes(Http("A", one, "get", "post"), Http("B", other, "POST"))).Message, StringComparison.Ordinal);

    [Fact]
    public void One_route_may_have_a_function_for_each_method() => Assert.NotNull(Routes(Http("A", "x", "get"), Http("B", "x", "post")));

    [Fact]
    public void An_unknown_constraint_is_named() =>
        Assert.Contains("nonsense", Assert.Throws<FunctionsHostException>(() => Routes(Http("A", "x/{id:nonsense}"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("every day", "every day")]
    [InlineData("%No_Such_Setting%", "%No_Such_Setting%")]
    public void An_invalid_schedule_is_reported(string schedule, string named) =>
        Assert.Contains(named, Assert.Throws<FunctionsHostException>(() => new TimerListener(Function("A", $$"""{"name":"timer","type":"timerTrigger","schedule":"{{schedule}}"}"""), null, null!)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_route_prefix_cannot_be_an_app_setting() =>
        Assert.Contains("routePrefix", Assert.Throws<FunctionsHostException>(() => HostSettings.Load(new FunctionsHostOptions
        {
            Assembly = typeof(When_an_app_is_refused).Assembly.Location,
            Url = "http://127.0.0.1:1",
            Settings = new Dictionary<string, string?> { ["AzureFunctionsJobHost__extensions__http__routePrefix"] = "" },
            Start = _ => throw new NotSupportedException(),
        })).Message, StringComparison.Ordinal);

    private RouteTable Routes(params FunctionDefinition[] functions) => new(functions, "", services.GetRequiredService<IInlineConstraintResolver>());

    private static FunctionDefinition Http(string name, string route, params string[] methods) =>
        Function(name, $$"""{"name":"request","type":"httpTrigger","authLevel":"Anonymous","route":"{{route}}","methods":[{{string.Join(',', methods.Select(method => $"\"{method}\""))}}]}""");

    private static FunctionDefinition Function(string name, string binding)
    {
        var metadata = new RpcFunctionMetadata { Name = name, FunctionId = name };
        metadata.RawBindings.Add(binding);
        return new FunctionDefinition(metadata, new ConfigurationBuilder().Build());
    }
}
