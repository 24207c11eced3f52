using System.Text;
using System.Text.RegularExpressions;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Durability;

/// <summary>An app whose database and storage are reached through proxies that can fail. The tests' own connections are not.</summary>
public partial class OutageApp(TestEnvironment environment) : FastApp(environment)
{
    private readonly List<TcpProxy> storage = [];

    public TcpProxy Postgres { get; private set; } = null!;

    /// <summary>Queues and blobs.</summary>
    public IReadOnlyList<TcpProxy> Azurite => storage;

    public static byte[] PostgresError(string state)
    {
        var fields = Encoding.ASCII.GetBytes($"SFATAL\0VFATAL\0C{state}\0Mnot now\0\0");
        return [(byte)'E', 0, 0, 0, (byte)(fields.Length + 4), .. fields];
    }

    /// <summary>Everything passes again.</summary>
    public void PassOn()
    {
        Postgres.PassOn();
        storage.ForEach(proxy => proxy.PassOn());
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        PassOn();
        await base.DisposeAsync();
        await Postgres.DisposeAsync();
        foreach (var proxy in storage)
            await proxy.DisposeAsync();
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        settings["Pipeline__AcceptTimeout"] = "00:00:01";
        var address = new NpgsqlConnectionStringBuilder(settings[AppSettings.Postgres]);
        Postgres = new TcpProxy(address.Port);
        address.Port = Postgres.Port;
        address.CommandTimeout = 2;
        settings[AppSettings.Postgres] = address.ConnectionString;
        settings[AppSettings.Storage] = Endpoint().Replace(settings[AppSettings.Storage]!, match =>
        {
            var proxy = new TcpProxy(int.Parse(match.Groups[1].Value, null));
            storage.Add(proxy);
            return $"Endpoint=http://127.0.0.1:{proxy.Port}/";
        });
    }

    [GeneratedRegex("Endpoint=http://127.0.0.1:([0-9]+)/")]
    private static partial Regex Endpoint();
}
