using System.Text;
using FamilyPa.Local.App;
using FamilyPa.Simulators.AppInsights;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Telemetry;

/// <summary>The app with its own simulated Application Insights, which receives the telemetry of one day.</summary>
public sealed class TelemetryApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    /// <summary>Text of a member's message, which must not occur in telemetry.</summary>
    public const string Planted = "PLANTED private words";

    /// <summary>A phone number in that text.</summary>
    public const string PlantedPhone = "+447700900199";

    /// <summary>Part of the URL of a redirected attachment, which must not occur in telemetry.</summary>
    public const string PlantedSignature = "PLANTEDsignature";

    private readonly IngestionSimulator insights = IngestionSimulator.StartAsync().GetAwaiter().GetResult();
    private Day? day;

    /// <summary>Secrets that must not occur in telemetry.</summary>
    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <summary>Runs the day once and then stops the app, which must flush its telemetry.</summary>
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
        // Prevents requests of the SDK to Microsoft and to the network for its own statistics and location.
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
        await WaitForJobAsync(twice["MessageSid"], "done");
        var voice = await SayAsync("remind me to water the plants on Saturday");
        await WaitForJobAsync(voice, "done");

        await RunTimerAsync("Sweeper");
        var (replayed, requeued) = await FailAndRepairAsync();
        await MeetErrorsThatQuoteAsync();
        await StopAsync();
        // The platform's host exports items of its own.
        var items = insights.Items.Where(item => !item.Tags["ai.internal.sdkVersion"].StartsWith("azurefunctions:", StringComparison.Ordinal));
        return new Day(twice["MessageSid"], voice, replayed, requeued, [.. items], insights.Received);
    }

    private async Task<string> SayAsync(string words)
    {
        var note = new InboundMedia("audio/ogg", OggOpusWriter.Write(words, TimeSpan.FromSeconds(4.5)));
        var delivery = await Twilio.SendInboundAsync(
            new InboundMessage { From = $"whatsapp:{DemoFamily.Owner.Phone}", Media = [note] }, TestContext.Current.CancellationToken);
        return delivery.MessageSid;
    }

    /// <returns>Two messages that failed because of the model: an operator replayed the first, and requeued the second by hand.</returns>
    private async Task<(string Replayed, string Requeued)> FailAndRepairAsync()
    {
        var failed = new string[2];
        using (OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor(Planted)))
        {
            for (var n = 0; n < failed.Length; n++)
                await WaitForJobAsync(failed[n] = await TextAsync($"{Planted} for {PlantedPhone}"), "failed");
        }

        using var content = new StringContent($$"""{"message_sid":"{{failed[0]}}"}""", Encoding.UTF8, "application/json");
        await Operator.PostAsync("/api/admin/replay-webhook", content, TestContext.Current.CancellationToken);
        await Storage.Queue("extract").SendMessageAsync(failed[1], TestContext.Current.CancellationToken);
        foreach (var sid in failed)
            await WaitForJobAsync(sid, "done");
        return (failed[0], failed[1]);
    }

    /// <summary>Causes errors whose messages quote users' texts, in a request, a phase and a timer.</summary>
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

        // Twilio lists the voice note, so the reconciler looks for it in the database, which fails.
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

/// <param name="Text">MessageSid of a text that arrived twice and became a task.</param>
/// <param name="Voice">MessageSid of a voice note that became a task.</param>
/// <param name="Replayed">MessageSid of a failed text that an operator replayed.</param>
/// <param name="Requeued">MessageSid of a failed text that an operator requeued by hand.</param>
/// <param name="Items">The app's telemetry.</param>
/// <param name="Received">The raw requests with their headers.</param>
public sealed record Day(string Text, string Voice, string Replayed, string Requeued, IReadOnlyList<TelemetryItem> Items, string Received)
{
    public IEnumerable<TelemetryItem> Of(string kind) => Items.Where(item => item.Kind == kind);

    public IEnumerable<TelemetryItem> Metrics(string name) => Of("MetricData").Where(item => item.Name == name);

    /// <summary>The items with this message_sid.</summary>
    public IEnumerable<TelemetryItem> About(string messageSid) => Items.Where(item => item.Properties.GetValueOrDefault("message_sid") == messageSid);
}
