using System.Text;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FamilyPa.Tests.Storage;

/// <summary>One connection at a time, as the app opens them. From its second use on there a statement is prepared, which may break in the middle.</summary>
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
    public async Task What_runs_durably_runs_on_the_next_one_and_leaves_it_sound(int uses)
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
    public async Task A_text_that_cannot_be_sent_fails_alone(int uses)
    {
        await UseAsync(uses);

        await Assert.ThrowsAsync<EncoderFallbackException>(() => EchoAsync("half a pair: \ud83d"));

        await UseAsync(3);
    }

    [Fact]
    public async Task One_on_which_nothing_is_prepared_any_more_fails_once()
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
