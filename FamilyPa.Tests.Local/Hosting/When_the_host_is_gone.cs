using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;
using FunctionsHost;

namespace FamilyPa.Tests.Local.Hosting;

/// <summary>The platform may kill the host without its worker.</summary>
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
                    // The worker connects through the proxy, which then simulates the host's death.
                    var uri = new Uri(command.Arguments[2]);
                    proxy = new TcpProxy(uri.Port);
                    var arguments = command.Arguments.Select(argument => argument == uri.ToString() ? $"http://127.0.0.1:{proxy.Port}/" : argument);
                    return worker = await ChildProcess.StartAsync(new ChildStart(AppBuild.DotNet, [.. arguments]) { Environment = command.Environment, OnLine = command.OnLine });
                },
                // Never completes, so that the host starts no second worker.
                OnExit = _ => new TaskCompletionSource().Task,
            },
            TestContext.Current.CancellationToken);
        var first = worker!;

        proxy!.Refuse();

        Assert.Equal(0, await first.Exited.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        await proxy.DisposeAsync();
    }
}
