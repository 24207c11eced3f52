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

    /// <summary>Shared by all connections, because it caches its token.</summary>
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
    /// A fifth of the pool. Measured on two cores, PostgreSQL ingests 2,000 messages a second over two to six connections, and 1,300 over twelve.
    /// </summary>
    private static int ForIngestion(NpgsqlConnectionStringBuilder address) => Math.Max(1, address.MaxPoolSize / 5);

    /// <summary>Keeps threads free for webhooks: while the server does not respond, Npgsql blocks one thread for each command that it cancels.</summary>
    private static void ReserveThreads(int connections)
    {
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, 3 * connections), ports);
    }

    private static NpgsqlConnectionStringBuilder Address(IServiceProvider services)
    {
        var address = ConnectionStrings.Parse(services.GetRequiredService<IOptions<AppSettings>>().Value.PostgresConnectionString);
        address.ApplicationName ??= "familypa";
        // Detect an unavailable server sooner than Npgsql's defaults of 15 and 30 seconds.
        Default("Timeout", 5);
        Default("Command Timeout", 10);
        Default("Maximum Pool Size", Database.MostConnections);
        // The pipeline repeats its statements, so each is prepared once per connection.
        address.MaxAutoPrepare = 50;
        address.AutoPrepareMinUsages = 2;
        // All session state is transaction-local (see Database). A reset would cost half a millisecond per batch.
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
        // Without a name, Npgsql's telemetry would contain the connection string.
        var builder = new NpgsqlDataSourceBuilder(address.ConnectionString) { Name = "familypa" };
        builder.UseLoggerFactory(services.GetService<ILoggerFactory>());
        builder.ConfigureTracing(tracing => tracing.EnableFirstResponseEvent(false));
        if (services.GetRequiredService<IOptions<AppSettings>>().Value.PostgresUseEntra)
        {
            // Fetch the token when a connection opens. A periodic refresh does not run while the platform freezes the instance.
            var credential = Credential.Value;
            builder.UsePasswordProvider(
                _ => credential.GetToken(new TokenRequestContext(EntraScope), CancellationToken.None).Token,
                async (_, cancellation) => (await credential.GetTokenAsync(new TokenRequestContext(EntraScope), cancellation)).Token);
        }

        return builder.Build();
    }
}
