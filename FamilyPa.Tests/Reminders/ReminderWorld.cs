using FamilyPa.Core;
using FamilyPa.Core.Reconciliation;
using FamilyPa.Core.Reminders;
using FamilyPa.Core.Replies;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.Reminders;

/// <summary>The demo family, where it is noon now, a Twilio, and as many instances of what reminds it as a test wants.</summary>
public sealed class ReminderWorld(TestEnvironment environment) : IAsyncLifetime
{
    private readonly List<ServiceProvider> instances = [];

    public TestDatabase Database { get; private set; } = null!;

    public TwilioSimulator Twilio { get; private set; } = null!;

    public ReminderSender Sender => Instance().GetRequiredService<ReminderSender>();

    public async ValueTask InitializeAsync()
    {
        Database = await environment.CreateDatabaseAsync();
        Twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            AccountSid = "AC0",
            AuthToken = "token",
            Numbers = [DemoFamily.TwilioNumber, $"whatsapp:{DemoFamily.TwilioNumber}"],
        });
        await DemoFamily.SeedAsync(Database.AdminConnectionString, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in instances)
            await instance.DisposeAsync();
        await Twilio.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>As at the start: no tasks, nobody opted out, the owner wrote by WhatsApp an hour ago, and it is noon.</summary>
    public async Task ResetAsync()
    {
        Twilio.Reset();
        await Database.ExecuteAsync("update series set ended_at = now()");
        await Database.ExecuteAsync("delete from tasks");
        await Database.ExecuteAsync("delete from outbound_messages");
        await Database.ExecuteAsync("delete from chat_turns");
        await Database.ExecuteAsync("delete from closed_channels");
        await Database.ExecuteAsync("delete from inbound_messages");
        await Database.ExecuteAsync("update family_members set opted_out_at = null, last_inbound_at = null");
        await BeAtAsync(12);
        await WroteAsync(DemoFamily.Owner, "whatsapp:", TimeSpan.FromHours(1));
    }

    /// <inheritdoc cref="TestDatabase.BeAtAsync"/>
    public Task BeAtAsync(int hour) => Database.BeAtAsync(hour);

    public async Task WroteAsync(DemoMember member, string channel, TimeSpan ago)
    {
        await Database.ExecuteAsync(
            """
            insert into inbound_messages (provider, message_sid, family_id, user_id, from_phone, from_address, to_address, body, created_at)
            values ('twilio', $1, $2, $3, $4, $5 || $4, $5 || $6, 'hi', now() - $7::interval)
            """,
            FamilyPaApp.NewSid(), DemoFamily.FamilyId, member.UserId, member.Phone, channel, DemoFamily.TwilioNumber, ago);
        await Database.ExecuteAsync("update family_members set last_inbound_at = now() - $2::interval where user_id = $1", member.UserId, ago);
    }

    /// <summary>A task of the owner's, made yesterday.</summary>
    /// <param name="due">From now; null is today without a time, all day.</param>
    /// <param name="remind">From now; null is when nobody said a time.</param>
    public Task<Guid> TaskAsync(string title, TimeSpan? due, Guid? assignee = null, Guid? createdBy = null, TimeSpan? remind = null) => Database.ScalarAsync<Guid>(
        """
        insert into tasks (family_id, title, due_at, due_all_day, assignee, created_by, remind_at, created_at, updated_at)
        select id, $2, coalesce(now() + $3::interval, (date_trunc('day', now() at time zone timezone) + interval '23:59') at time zone timezone), $3::interval is null, $4, $5, now() + $6::interval, now() - interval '1 day', now() - interval '1 day'
        from families where id = $1 returning id
        """,
        DemoFamily.FamilyId, title, due, assignee, createdBy ?? DemoFamily.Owner.UserId, remind);

    /// <summary>Each reminder's state and cause.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync() =>
        [.. (await Database.RowsAsync("select concat_ws(' ', status, error_code) as row from outbound_messages where kind = 'reminder' order by message_sid")).Select(row => (string)row["row"]!)];

    public ServiceProvider Instance(params (string Setting, string Value)[] settings)
    {
        var given = settings.Select(setting => KeyValuePair.Create(setting.Setting.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(given.Concat(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["POSTGRES_CONNECTION_STRING"] = Database.AppConnectionString,
            ["TWILIO_ACCOUNT_SID"] = "AC0",
            ["TWILIO_AUTH_TOKEN"] = "token",
            ["TWILIO_API_BASE_URL"] = Twilio.BaseUrl,
            ["TWILIO_NUMBERS"] = DemoFamily.TwilioNumber,
            ["WEBHOOK_SHARED_SECRET"] = "secret",
            ["SESSION_SIGNING_KEY"] = "test-session-signing-key-0123456789abcdef",
            ["PUBLIC_BASE_URL"] = "https://pa.example.com",
            ["AZURE_OPENAI_ENDPOINT"] = "https://ai.example.com",
            ["AZURE_OPENAI_CHAT_DEPLOYMENT"] = "chat",
            ["AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"] = "transcription",
            ["Pipeline__ReconcileAfter".Replace("__", ":", StringComparison.Ordinal)] = "00:00:00",
        }).DistinctBy(setting => setting.Key)).Build();
        var instance = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging()
            .AddSettings(configuration).AddDatabase().AddIngestion().AddReplies().AddReminders().AddReconciliation().BuildServiceProvider();
        instances.Add(instance);
        return instance;
    }
}
