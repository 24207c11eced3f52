using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

/// <summary>A host whose HTTP functions alone are on, for the tests that only ask it something.</summary>
public sealed class ProbeHttp(TestEnvironment environment) : IAsyncLifetime
{
    internal ProbeHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ProbeHost.StartAsync(environment, []);

    public ValueTask DisposeAsync() => Host is null ? default : Host.DisposeAsync();
}
