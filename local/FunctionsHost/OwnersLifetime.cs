using Microsoft.Extensions.Hosting;

namespace FunctionsHost;

/// <summary>Leaves Ctrl+C and SIGTERM to the program that started the host.</summary>
internal sealed class OwnersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
