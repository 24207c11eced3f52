using System.Text;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FamilyPa.Tests.Storage;

/// <summary>Uses one connection with the app's settings. From its second use on, statements are prepared, which a broken connection may interrupt.</summary>
public sealed class When_a_connection_breaks(TestEnvironment environment) : IAsyncLifetime
{
    private TestDatabase database = null!;
    private TcpProxy proxy = null!;
    private ServiceProvider services = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Database App => services.GetRequiredService<Database>();

    public async ValueTask InitializeAsync()
    {
        database = await environment.CreateDatabaseAsync();
        var address = new NpgsqlConnectionStringBuilder(database.AppConnectionString) { MaxPoolSize = 1 };
        proxy = new TcpProxy(address.Port);
        address.Port = proxy.Port;
        services = new ServiceCollection().Configure<AppSettings>(settings => settings.PostgresConnectionString = address.ConnectionString)
            .AddDatabase().BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await proxy.DisposeAsync();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_durable_batch_is_retried_on_the_next_connection_and_leaves_it_usable(int uses)
    {
        await UseAsync(uses);
        proxy.Cut();

        await using var batch = App.AsService().Add("select $1::text", "durable");
        Assert.Equal("durable", await batch.SingleDurablyAsync(row => row.GetString(0), Cancellation));

        await UseAsync(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_text_that_cannot_be_encoded_fails_only_its_own_batch(int uses)
    {
        await UseAsync(uses);

        await Assert.ThrowsAsync<EncoderFallbackException>(() => EchoAsync("half a pair: \ud83d"));

        await UseAsync(3);
    }

    [Fact]
    public async Task Lost_prepared_statements_fail_only_one_batch()
    {
        await UseAsync(2);
        await using var forget = App.AsService().Add("deallocate all");
        await forget.ExecuteAsync(Cancellation);

        var error = await Assert.ThrowsAsync<PostgresException>(() => EchoAsync("x"));

        Assert.True(DatabaseOutage.Is(error));
        await UseAsync(3);
    }

    private async Task UseAsync(int times)
    {
        for (var use = 0; use < times; use++)
            Assert.Equal("sound", await EchoAsync("sound"));
    }

    private async Task<string?> EchoAsync(string text)
    {
        await using var batch = App.AsService().Add("select $1::text", text);
        return await batch.SingleAsync(row => row.GetString(0), Cancellation);
    }
}
