using FamilyPa.Simulators.AppInsights;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Telemetry;

public sealed class When_the_worker_is_killed(When_the_worker_is_killed.MeasuredApp app) : AppTest<When_the_worker_is_killed.MeasuredApp>(app)
{
    /// <summary>Half of the exporter's default interval for metrics.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Metrics_from_seconds_before_are_exported()
    {
        var form = App.Form("buy milk tomorrow");
        await App.PostAsync(form);
        await App.WaitForJobAsync(form["MessageSid"], "done");

        await App.WaitForAsync(() => Task.FromResult(HasArrived()), arrived => arrived, "the telemetry", Limit);
        await App.KillAsync();

        bool HasArrived() =>
            App.Insights.Items.Any(item => item.Name == "familypa.ai.cost")
            && App.Insights.Items.Any(item => item.Name == "familypa.message.duration")
            && App.Insights.Items.Any(item => item.Kind == "RequestData" && item.Properties.GetValueOrDefault("message_sid") == form["MessageSid"]);
    }

    public sealed class MeasuredApp(TestEnvironment environment) : FamilyPaApp(environment)
    {
        public IngestionSimulator Insights { get; } = IngestionSimulator.StartAsync().GetAwaiter().GetResult();

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Insights.DisposeAsync();
        }

        protected override void Configure(IDictionary<string, string?> settings)
        {
            settings["APPLICATIONINSIGHTS_CONNECTION_STRING"] = Insights.ConnectionString;
            settings["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true";
        }
    }
}
