using System.Text;
using FamilyPa.Local.App;
using FamilyPa.Simulators.AppInsights;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Telemetry;

/// <summary>The app connected to an Application Insights of its own, which in the end has everything that one day of the app sent.</summary>
public sealed class TelemetryApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    /// <summary>What a family member wrote; in no telemetry.</summary>
    public const string Planted = "PLANTED private words";

    /// <summary>A number in it.</summary>
    public const string PlantedPhone = "+447700900199";

    /// <summary>In the address of a redirected attachment; in no telemetry.</summary>
    public const string PlantedSignature = "PLANTEDsignature";

    private readonly IngestionSimulator insights = IngestionSimulator.StartAsync().GetAwaiter().GetResult();
    private Day? day;

    /// <summary>What no telemetry may hold.</summary>
    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <summary>Lives the day once, and stops the app: what it has not sent yet has to be sent then.</summary>
    public async Task<Day> DayAsync() => day ??= await LiveAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await insights.DisposeAsync();
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        ShortDelays.Fast(settings);
        settings["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.ConnectionString;
        // Statistics of the SDK itself would go to Microsoft, and on the platform it knows where it is without asking the network.
        settings["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true";
        settings["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        settings["AzureFunctionsJobHost__logging__logLevel__Function.Sweeper"] = "Information";
        Secrets =
        [
            settings[AppSettings.TwilioAuthToken]!, settings[AppSettings.WebhookSharedSecret]!, settings[AppSettings.OpenAIKey]!,
            settings[AppSettings.SessionSigningKey]!, FunctionKey,
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings[AppSettings.TwilioAccountSid]}:{settings[AppSettings.TwilioAuthToken]}")),
        ];
    }

    private async Task<Day> LiveAsync()
    {
        await PostAsync(Form(Planted), new Tamper { Signature = "wrong" });
        await PostAsync(Form(Planted), new Tamper { Secret = "wrong-secret-guess" });

        var twice = Form("buy milk tomorrow");
        await PostAsync(twice);
        await PostAsync(twice);
        var voice = await SayAsync("remind me to water the plants on Saturday");
        await WaitForJobAsync(twice["MessageSid"], "done");
        await WaitForJobAsync(voice, "done");

        await RunTimerAsync("Sweeper");
        var (replayed, requeued) = await FailAndRepairAsync();
        await MeetErrorsThatQuoteAsync();
        await StopAsync();
        return new Day(twice["MessageSid"], voice, replayed, requeued, insights.Items, insights.Received);
    }

    private async Task<string> SayAsync(string words)
    {
        var note = new InboundMedia("audio/ogg", OggOpusWriter.Write(words, TimeSpan.FromSeconds(4.5)));
        var delivery = await Twilio.SendInboundAsync(
            new InboundMessage { From = $"whatsapp:{DemoFamily.Owner.Phone}", Media = [note] }, TestContext.Current.CancellationToken);
        return delivery.MessageSid;
    }

    /// <returns>Two messages that the model failed on until they were given up: one that an operator then replayed, one that a person put into its queue again.</returns>
    private async Task<(string Replayed, string Requeued)> FailAndRepairAsync()
    {
        string[] failed;
        using (OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor(Planted)))
        {
            failed = [await TextAsync($"{Planted} for {PlantedPhone}"), await TextAsync($"{Planted} for {PlantedPhone}")];
            foreach (var sid in failed)
                await WaitForJobAsync(sid, "failed");
        }

        using var content = new StringContent($$"""{"message_sid":"{{failed[0]}}"}""", Encoding.UTF8, "application/json");
        await Operator.PostAsync("/api/admin/replay-webhook", content, TestContext.Current.CancellationToken);
        await Storage.Queue("extract").SendMessageAsync(failed[1], TestContext.Current.CancellationToken);
        foreach (var sid in failed)
            await WaitForJobAsync(sid, "done");
        return (failed[0], failed[1]);
    }

    /// <summary>Errors whose words hold what people wrote, in a request, a phase and a timer.</summary>
    private async Task MeetErrorsThatQuoteAsync()
    {
        await Database.ExecuteAsync(
            $"""
             create function refuse_loudly() returns trigger language plpgsql as $$ begin raise exception '{Planted} for {PlantedPhone}'; end $$;
             create function select_loudly() returns boolean language plpgsql as $$ begin raise exception '{Planted} for {PlantedPhone}'; end $$;
             grant execute on function select_loudly to service_role;
             create trigger loud before insert on tasks for each row execute function refuse_loudly();
             create trigger loud before insert on families for each row execute function refuse_loudly();
             """);
        using var content = new StringContent(
            $$"""{"name":"{{Planted}}","timezone":"Europe/London","members":[{"name":"Ann","role":"owner","phone":"{{PlantedPhone}}"}]}""", Encoding.UTF8, "application/json");
        await Operator.PostAsync("/api/admin/families", content, TestContext.Current.CancellationToken);
        await WaitForJobAsync(await TextAsync(Planted), "failed");

        // Twilio lists the voice note, and whether it has arrived is looked up here.
        await Database.ExecuteAsync("create policy loud on webhook_events as restrictive for select using (select_loudly())");
        await RunTimerAsync("Reconciler");
        await Database.ExecuteAsync("drop policy loud on webhook_events");
    }
}

[CollectionDefinition(Name)]
public sealed class TelemetryCollection : ICollectionFixture<TelemetryApp>
{
    public const string Name = "telemetry";
}

/// <param name="Text">MessageSid of a text that came twice and became a task.</param>
/// <param name="Voice">Of a voice note that became one.</param>
/// <param name="Replayed">Of a text that failed, and was replayed by an operator.</param>
/// <param name="Requeued">Of one that failed, and whose sid was put into its queue by hand.</param>
/// <param name="Items">What arrived at Application Insights.</param>
/// <param name="Received">All of it as it came, with the headers of the requests.</param>
public sealed record Day(string Text, string Voice, string Replayed, string Requeued, IReadOnlyList<TelemetryItem> Items, string Received)
{
    public IEnumerable<TelemetryItem> Of(string kind) => Items.Where(item => item.Kind == kind);

    public IEnumerable<TelemetryItem> Metrics(string name) => Of("MetricData").Where(item => item.Name == name);

    /// <summary>What bears the message's sid.</summary>
    public IEnumerable<TelemetryItem> About(string messageSid) => Items.Where(item => item.Properties.GetValueOrDefault("message_sid") == messageSid);
}
