using Azure.Core;
using Azure.Identity;
using FamilyPa.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FamilyPa.Core.Storage;

public static class StorageServices
{
    private static readonly string[] EntraScope = ["https://ossrdbms-aad.database.windows.net/.default"];

    /// <summary>One for all connections: it keeps its token.</summary>
    private static readonly Lazy<TokenCredential> Credential = new(() => new DefaultAzureCredential());

    public static IServiceCollection AddDatabase(this IServiceCollection services) => services
        .AddSingleton(CreateSource)
        .AddSingleton<Database>()
        .AddSingleton(CreateIngestionConnections);

    private static NpgsqlDataSource CreateSource(IServiceProvider services)
    {
        var address = Address(services);
        ReserveThreads(address.MaxPoolSize);
        address.MaxPoolSize = Math.Max(1, address.MaxPoolSize - ForIngestion(address));
        return Build(services, address);
    }

    private static IngestionConnections CreateIngestionConnections(IServiceProvider services)
    {
        var address = Address(services);
        var count = ForIngestion(address);
        (address.MinPoolSize, address.MaxPoolSize) = (0, 1);
        return new([.. Enumerable.Range(0, count).Select(_ => Build(services, address))]);
    }

    /// <summary>
    /// Four of twenty: on two cores PostgreSQL alone takes in 2,000 messages a second over two to six connections, and 1,300 over twelve.
    /// </summary>
    private static int ForIngestion(NpgsqlConnectionStringBuilder address) => Math.Max(1, address.MaxPoolSize / 5);

    /// <summary>Keeps threads free for webhooks: to give up a command Npgsql blocks one for as long as a frozen server leaves it without an answer.</summary>
    private static void ReserveThreads(int connections)
    {
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, 3 * connections), ports);
    }

    private static NpgsqlConnectionStringBuilder Address(IServiceProvider services)
    {
        var address = ConnectionStrings.Parse(services.GetRequiredService<IOptions<AppSettings>>().Value.PostgresConnectionString);
        address.ApplicationName ??= "familypa";
        // A server that is away must show soon, not after the fifteen and thirty seconds that are Npgsql's own.
        Default("Timeout", 5);
        Default("Command Timeout", 10);
        Default("Maximum Pool Size", Database.MostConnections);
        // Each statement of the pipeline runs over and over: parse and plan it once per connection.
        address.MaxAutoPrepare = 50;
        address.AutoPrepareMinUsages = 2;
        // Nothing outlives its transaction on a connection (Database), and to have the server reset it all the same takes half a millisecond a batch.
        address.NoResetOnClose = true;
        return address;

        void Default(string name, int seconds)
        {
            if (!address.ShouldSerialize(name))
                address[name] = seconds;
        }
    }

    private static NpgsqlDataSource Build(IServiceProvider services, NpgsqlConnectionStringBuilder address)
    {
        // Named, or its telemetry would bear the connection string.
        var builder = new NpgsqlDataSourceBuilder(address.ConnectionString) { Name = "familypa" };
        builder.UseLoggerFactory(services.GetService<ILoggerFactory>());
        builder.ConfigureTracing(tracing => tracing.EnableFirstResponseEvent(false));
        if (services.GetRequiredService<IOptions<AppSettings>>().Value.PostgresUseEntra)
        {
            // A token is asked for when a connection opens: a periodic refresh would sleep through in a frozen instance.
            var credential = Credential.Value;
            builder.UsePasswordProvider(
                _ => credential.GetToken(new TokenRequestContext(EntraScope), CancellationToken.None).Token,
                async (_, cancellation) => (await credential.GetTokenAsync(new TokenRequestContext(EntraScope), cancellation)).Token);
        }

        return builder.Build();
    }
}
