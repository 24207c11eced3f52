using Microsoft.Extensions.Hosting;

namespace FunctionsHost;

/// <summary>Leaves Ctrl+C and SIGTERM to the program that runs the host. The default lifetime would keep them from ending it.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
