using FamilyPa.Local.App;
using FamilyPa.Simulators.AppInsights;
using FamilyPa.Simulators.Audio;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;
using FamilyPa.Tests.Pipeline;

namespace FamilyPa.Tests.Telemetry;

/// <summary>The app connected to an Application Insights of its own, after a day of which everything that it sent has arrived.</summary>
public sealed class TelemetryApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    public const string Planted = "PLANTED private words";
    public const string PlantedPhone = "+447700900199";

    private readonly IngestionSimulator insights = IngestionSimulator.StartAsync().GetAwaiter().GetResult();
    private readonly SemaphoreSlim turn = new(1);
    private Day? day;

    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <summary>Everything that was received, as it came.</summary>
    public string Received => insights.Received;

    /// <summary>Lives the day once, and stops the app: what it still holds then has to be sent.</summary>
    public async Task<Day> DayAsync()
    {
        await turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return day ??= await LiveAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await insights.DisposeAsync();
        turn.Dispose();
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        Pace.Fast(settings);
        settings["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.ConnectionString;
        // Microsoft's own statistics of the SDK would go to Microsoft.
        settings["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true";
        // As on the platform: the SDK would look for it in the network.
        settings["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        settings["FUNCTIONS_RUNTIME_SCHEDULE"] = "* * * * * *";
        Secrets =
        [
            settings[AppSettings.TwilioAuthToken]!, settings[AppSettings.WebhookSharedSecret]!, settings[AppSettings.OpenAIKey]!,
            settings[AppSettings.SessionSigningKey]!, FunctionKey, Convert.ToBase64String(
                System.Text.Encoding.UTF8.GetBytes($"{settings[AppSettings.TwilioAccountSid]}:{settings[AppSettings.TwilioAuthToken]}")),
        ];
    }

    private async Task<Day> LiveAsync()
    {
        using var broken = OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor(Planted));
        await PostAsync(Form(Planted), new Tamper { Signature = "wrong" });
        await PostAsync(Form(Planted), new Tamper { Secret = "wrong-secret-guess" });
        var form = Form("buy milk tomorrow");
        await PostAsync(form);
        await PostAsync(form);
        var voice = await Twilio.SendInboundAsync(
            new InboundMessage
            {
                From = $"whatsapp:{DemoFamily.Owner.Phone}",
                Media = [new InboundMedia("audio/ogg", OggOpusWriter.Write("remind me to water the plants on Saturday", TimeSpan.FromSeconds(4.5)))],
            },
            TestContext.Current.CancellationToken);
        var failed = await TextAsync($"{Planted} for {PlantedPhone}");
        await WaitForJobAsync(form["MessageSid"], "done");
        await WaitForJobAsync(voice.MessageSid, "done");
        await WaitForJobAsync(failed, "failed");
        await StopAsync();
        return new Day(form["MessageSid"], voice.MessageSid, failed, insights.Items);
    }
}

/// <param name="Text">MessageSid of a text that became a task.</param>
/// <param name="Voice">Of a voice note that did.</param>
/// <param name="Failed">Of a text that the model failed on until it was given up.</param>
/// <param name="Items">What arrived at Application Insights.</param>
public sealed record Day(string Text, string Voice, string Failed, IReadOnlyList<TelemetryItem> Items)
{
    public IEnumerable<TelemetryItem> Of(string kind) => Items.Where(item => item.Kind == kind);

    public IEnumerable<TelemetryItem> Metrics(string name) => Of("MetricData").Where(item => item.Name == name);

    /// <summary>Everything that bears the message's sid, and what else is in the same traces.</summary>
    public IEnumerable<TelemetryItem> About(string messageSid) => Items.Where(item => item.Properties.GetValueOrDefault("event_id") == messageSid);
}
