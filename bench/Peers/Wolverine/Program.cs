using FamilyPa.Peers;
using JasperFx.Resources;
using Npgsql;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Postgresql;
using Wolverine.RDBMS;
using Wolverine.Runtime;

var builder = WebApplication.CreateBuilder(args);
MessageProcessor.Add(builder);
builder.Host.UseWolverine(options =>
{
    options.UseRuntimeCompilation();
    options.PersistMessagesWithPostgresql(builder.Configuration["POSTGRES_CONNECTION_STRING"]!);
    options.Policies.UseDurableLocalQueues();
    // One node: the next start takes over a dead process's messages at once.
    options.Durability.Mode = DurabilityMode.Solo;
    options.OnAnyException().RetryWithCooldown(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
});
builder.Services.AddResourceSetupOnStartup();

await using var app = builder.Build();
var database = app.Services.GetRequiredService<NpgsqlDataSource>();
var runtime = app.Services.GetRequiredService<IWolverineRuntime>();
await app.Services.GetRequiredService<MessageProcessor>().MapWebhookAsync(app, async message =>
{
    // The message and its queue entry are stored together or not at all.
    await using var connection = await database.OpenConnectionAsync();
    await using var transaction = await connection.BeginTransactionAsync();
    if (!await MessageProcessor.StoreAsync(connection, message))
        return;
    var context = new MessageContext(runtime);
    await context.EnlistInOutboxAsync(new DatabaseEnvelopeTransaction((IMessageDatabase)runtime.Storage, transaction));
    await context.PublishAsync(new Received(message.MessageSid));
    await transaction.CommitAsync();
    await context.FlushOutgoingMessagesAsync();
});
await app.RunAsync();
