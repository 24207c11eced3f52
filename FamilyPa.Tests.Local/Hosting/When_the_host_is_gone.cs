using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;
using FunctionsHost;

namespace FamilyPa.Tests.Local.Hosting;

/// <summary>The platform kills its host without the worker, which then has nobody to work for.</summary>
public sealed class When_the_host_is_gone(FamilyPaApp app) : AppTest<FamilyPaApp>(app)
{
    [Fact]
    public async Task The_app_ends_by_itself()
    {
        TcpProxy? proxy = null;
        ChildProcess? worker = null;
        await using var host = await LocalHost.StartAsync(
            new FunctionsHostOptions
            {
                Assembly = AppBuild.Assembly,
                Url = $"http://127.0.0.1:{LoopbackPort.Free()}",
                Settings = App.Settings,
                Start = async command =>
                {
                    // The worker reaches its host through the proxy, which then is gone for it.
                    var uri = new Uri(command.Arguments[2]);
                    proxy = new TcpProxy(uri.Port);
                    var arguments = command.Arguments.Select(argument => argument == uri.ToString() ? $"http://127.0.0.1:{proxy.Port}/" : argument);
                    return worker = await ChildProcess.StartAsync(new ChildStart(AppBuild.DotNet, [.. arguments]) { Environment = command.Environment, OnLine = command.OnLine });
                },
                // There is no second one: the host waits for this before it starts another, until it is disposed.
                OnExit = _ => new TaskCompletionSource().Task,
            },
            TestContext.Current.CancellationToken);
        var first = worker!;

        proxy!.Refuse();

        Assert.Equal(0, await first.Exited.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await proxy.DisposeAsync();
    }
}
