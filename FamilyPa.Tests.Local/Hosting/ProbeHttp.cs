using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

/// <summary>A host with HTTP functions only, which read-only tests share.</summary>
public sealed class ProbeHttp(TestEnvironment environment) : IAsyncLifetime
{
    internal ProbeHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ProbeHost.StartAsync(environment, []);

    public ValueTask DisposeAsync() => Host is null ? default : Host.DisposeAsync();
}
