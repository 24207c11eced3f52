using FamilyPa.Core;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Resilience;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Health;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Sessions;

public sealed class When_a_caller_goes_on(TestEnvironment environment)
{
    private const int Most = 5;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    [Fact]
    public async Task Above_its_limit_the_database_is_no_longer_asked()
    {
        await using var database = await environment.CreateDatabaseAsync();
        await using var services = await ServicesAsync(database);
        var store = services.GetRequiredService<Database>();
        var limits = new CallerLimits(TimeProvider.System);
        // Opens the connection, which is traced like a command.
        Assert.True(await AskAsync(limits, store, [new("192.0.2.1", 1)]));
        using var counter = new CommandCounter();
        CallerNetwork[] household = [new("2001:db8:1:2::/64", 1), new("2001:db8:1::/48", 10)];

        var results = new List<(bool Allowed, int Commands)>();
        for (var i = 0; i < 3 * Most; i++)
            results.Add(await counter.CountAsync(() => AskAsync(limits, store, household)));

        Assert.Equal(Enumerable.Repeat((true, 1), Most), results.Take(Most));
        Assert.Equal((false, 1), results[Most]);
        Assert.All(results.Skip(Most + 1), result => Assert.Equal((false, 0), result));
        // Its neighbours are not affected, and other instances have the same count.
        Assert.True(await AskAsync(limits, store, [new("2001:db8:1:3::/64", 1), new("2001:db8:1::/48", 10)]));
        Assert.False(await AskAsync(new CallerLimits(TimeProvider.System), store, household));
    }

    [Fact]
    public async Task A_site_has_a_limit_over_all_its_networks()
    {
        await using var database = await environment.CreateDatabaseAsync();
        await using var services = await ServicesAsync(database);
        var store = services.GetRequiredService<Database>();
        var limits = new CallerLimits(TimeProvider.System);

        var allowed = 0;
        for (var i = 0; i < 12 * Most; i++)
            allowed += await AskAsync(limits, store, [new($"2001:db8:1:{i:x}::/64", 1), new("2001:db8:1::/48", 10)]) ? 1 : 0;

        Assert.Equal(10 * Most, allowed);
        using var counter = new CommandCounter();
        Assert.Equal((false, 0), await counter.CountAsync(() => AskAsync(limits, store, [new("2001:db8:1:ffff::/64", 1), new("2001:db8:1::/48", 10)])));
    }

    [Fact]
    public async Task Readiness_is_checked_once_a_second_however_many_ask()
    {
        await using var database = await environment.CreateDatabaseAsync();
        await using var services = await ServicesAsync(database);
        var readiness = services.GetRequiredService<Readiness>();
        Assert.True(await readiness.IsReadyAsync("warm-up"));
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        using var counter = new CommandCounter();

        var (answers, commands) = await counter.CountAsync(() => Task.WhenAll(Enumerable.Range(0, 500).Select(_ => readiness.IsReadyAsync("request"))));

        Assert.All(answers, Assert.True);
        Assert.Equal(1, commands);
    }

    private static async Task<bool> AskAsync(CallerLimits limits, Database database, IReadOnlyList<CallerNetwork> caller)
    {
        try
        {
            return await limits.RunAsync(
                database, "tries_of_address", caller, Window, Most, batch => batch.Add("select true"),
                batch => batch.SingleAsync(row => row.GetBoolean(0), TestContext.Current.CancellationToken));
        }
        catch (TooManyTriesException)
        {
            return false;
        }
    }

    private async Task<ServiceProvider> ServicesAsync(TestDatabase database)
    {
        var storage = await environment.TakeStorageAccountAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["POSTGRES_CONNECTION_STRING"] = database.AppConnectionString,
            ["TWILIO_ACCOUNT_SID"] = "AC0",
            ["TWILIO_AUTH_TOKEN"] = "token",
            ["SESSION_SIGNING_KEY"] = "test-session-signing-key-0123456789abcdef",
            ["WEBHOOK_SHARED_SECRET"] = "secret",
            ["PUBLIC_BASE_URL"] = "https://pa.example.com",
            ["AZURE_OPENAI_ENDPOINT"] = "https://ai.example.com",
            ["AZURE_OPENAI_CHAT_DEPLOYMENT"] = "chat",
            ["AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"] = "transcription",
        }).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddSingleton(TimeProvider.System)
            .AddSettings(configuration).AddDatabase().AddQueues().AddSingleton<Readiness>().BuildServiceProvider();
    }
}
