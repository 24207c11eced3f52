using FamilyPa.Core;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Messages;

public sealed class When_a_message_is_accepted(TestEnvironment environment)
{
    [Fact]
    public async Task It_costs_one_command_of_the_database_and_one_message_in_the_queue()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var database = await environment.CreateDatabaseAsync();
        var storage = await environment.TakeStorageAccountAsync();
        await DemoFamily.SeedAsync(database.AdminConnectionString, cancellation);
        await using var services = Services(database, storage);
        var inbox = services.GetRequiredService<MessageIngestion>();

        // Opens the connection, which is traced like a command.
        await inbox.AcceptAsync(Message("SM0"), "request", cancellation);
        await storage.Queue("extract").ClearMessagesAsync(cancellation);

        using var counter = new CommandCounter();
        var first = await counter.CountAsync(() => inbox.AcceptAsync(Message("SM1"), "request", cancellation));
        var again = await counter.CountAsync(() => inbox.AcceptAsync(Message("SM1"), "request", cancellation));

        Assert.Equal((Acceptance.Accepted, 1), first);
        Assert.Equal((Acceptance.Duplicate, 1), again);
        var queued = (await storage.Queue("extract").ReceiveMessagesAsync(32, cancellationToken: cancellation)).Value;
        Assert.Equal("""{"messageSid":"SM1","generation":0}""", Assert.Single(queued).Body.ToString());
    }

    private static InboundMessage Message(string sid) => new(
        new Dictionary<string, string>
        {
            ["MessageSid"] = sid,
            ["From"] = $"whatsapp:{DemoFamily.Owner.Phone}",
            ["To"] = $"whatsapp:{DemoFamily.TwilioNumber}",
            ["Body"] = "buy milk",
        },
        "Body=buy+milk"u8.ToArray(),
        IdempotencyToken: null);

    private static ServiceProvider Services(TestDatabase database, StorageAccount storage)
    {
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
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging()
            .AddSettings(configuration).AddDatabase().AddQueues().AddIngestion().BuildServiceProvider();
    }
}
