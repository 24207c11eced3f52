using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Storage;

public sealed class When_messages_are_taken_in(TestEnvironment environment) : IAsyncLifetime
{
    private TestDatabase database = null!;
    private ServiceProvider services = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await environment.CreateDatabaseAsync();
        services = new ServiceCollection().Configure<AppSettings>(settings => settings.PostgresConnectionString = database.AppConnectionString)
            .AddDatabase().BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Many_at_once_share_a_few_connections_and_one_after_another_take_the_same()
    {
        var burst = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => IngestAsync()));
        Assert.Equal(4, burst.Distinct().Count());

        var calm = new List<int>();
        for (var i = 0; i < 8; i++)
            calm.Add(await IngestAsync());

        Assert.Single(calm.Distinct());
    }

    [Fact]
    public async Task One_that_fails_gives_its_connection_back()
    {
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(() => Connections().UseAsync<int>(_ => throw new InvalidOperationException(), Cancellation));

        await IngestAsync();
    }

    private IngestionConnections Connections() => services.GetRequiredService<IngestionConnections>();

    /// <returns>The server's process id.</returns>
    private Task<int> IngestAsync() => Connections().UseAsync(
        async database =>
        {
            await using var batch = database.AsService().Add("select pg_backend_pid(), pg_sleep(0.05)");
            return await batch.SingleAsync(row => row.GetInt32(0), Cancellation);
        },
        Cancellation);
}
