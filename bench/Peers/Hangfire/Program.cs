using System.Transactions;
using FamilyPa.Peers;
using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;

var builder = WebApplication.CreateBuilder(args);
var postgres = builder.Configuration["POSTGRES_CONNECTION_STRING"]!;
MessageProcessor.Add(builder);
builder.Services
    .AddHangfire(hangfire => hangfire
        .UseSimpleAssemblyNameTypeSerializer()
        .UseRecommendedSerializerSettings()
        .UsePostgreSqlStorage(storage => storage.UseNpgsqlConnection(postgres), new PostgreSqlStorageOptions
        {
            // PostgreSQL notifies the workers, where the default is to poll each 15 s.
            EnableLongPolling = true,
            // A dead worker's job starts again after 10 s, where the default is 30 min.
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromSeconds(10),
            // Its locks last as long, where the default is 10 min.
            DistributedLockTimeout = TimeSpan.FromSeconds(30),
        }))
    .AddHangfireServer();

await using var app = builder.Build();
var jobs = app.Services.GetRequiredService<IBackgroundJobClient>();
await app.Services.GetRequiredService<MessageProcessor>().MapWebhookAsync(app, async message =>
{
    // The message and its job are stored together or not at all. Hangfire's connections join the transaction.
    using var transaction = new TransactionScope(
        TransactionScopeOption.Required, new TransactionOptions { IsolationLevel = IsolationLevel.ReadCommitted }, TransactionScopeAsyncFlowOption.Enabled);
    await using (var connection = new NpgsqlConnection(postgres))
    {
        await connection.OpenAsync();
        if (!await MessageProcessor.StoreAsync(connection, message))
            return;
    }

    jobs.Enqueue<MessageProcessor>(processor => processor.ProcessAsync(message.MessageSid));
    transaction.Complete();
});
await app.RunAsync();
