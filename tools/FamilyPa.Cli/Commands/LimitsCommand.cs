using System.CommandLine;
using System.Text.Json;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa limits</c>: shows every limit, its usage, and the jobs that it defers.</summary>
internal static class LimitsCommand
{
    public static Command Create()
    {
        var again = new Option<string?>("--try-again") { Description = "Probe a service with an open breaker now: media, transcription, chat or twilio." };
        var command = new Command("limits", "Show every limit, its usage, and the jobs that it defers.") { again };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            if (parsed.GetValue(again) is { } dependency)
                await api.ChangeLimitsAsync(new { try_again = dependency }, cancellation);
            var limits = await api.LimitsAsync(cancellation);
            if (parsed.GetValue(GlobalOptions.Json))
                Screen.Json(limits);
            else
                Show(limits);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Show(JsonElement limits)
    {
        var slots = limits.Part("slots");
        var day = limits.Part("budgets").Part("global");
        var refused = limits.Part("verification_failures");
        var now = Screen.Table("Limit", "Maximum", "Used", "");
        foreach (var rate in limits.List("rates"))
            now.Row(rate.Text("limit"), rate.Text("limit_value"), rate.Text("accepted") ?? "0", $"{rate.Text("throttled") ?? "0"} throttled, {rate.Text("dropped") ?? "0"} dropped");
        now.Row("rate_sender", limits.Part("senders").Text("limit_value"), "", $"{limits.Part("senders").List("over").Count()} senders over it, {limits.Part("senders").List("paused").Count()} paused");
        now.Row("slots", slots.Text("limit_value"), slots.Text("value"), "");
        now.Row("budget_global", day.Dollars("limit_usd"), day.Dollars("spent_usd"), $"{day.Dollars("reserved_usd")} reserved");
        foreach (var family in limits.Part("budgets").List("families"))
            now.Row($"budget_family {family.Text("family_id")}", family.Dollars("limit_usd"), family.Dollars("spent_usd"), $"{family.Dollars("reserved_usd")} reserved");
        now.Row("verification_failures", refused.Text("limit_value"), "", $"{refused.Text("last_hour")} in the last hour");
        Screen.Out.Write(now);

        var breakers = Screen.Table("Breaker", "State", "Failures", "Error", "Next probe");
        foreach (var breaker in limits.List("breakers"))
            breakers.Row(breaker.Text("dependency"), breaker.Text("state"), breaker.Text("failures"), breaker.Text("error_code"), breaker.Time("retry_at"));
        Screen.Out.Write(breakers);

        var waiting = Screen.Table("Status", "Reason", "Jobs", "Oldest", "Next");
        foreach (var held in limits.List("waiting"))
            waiting.Row(held.Text("status"), held.Text("reason"), held.Text("messages"), held.Time("oldest_at"), held.Time("resume_at"));
        var alerts = Screen.Table("Reached", "Limit", "%", "Maximum", "Value", "Family");
        foreach (var alert in limits.List("alerts"))
            alerts.Row(alert.Time("at"), alert.Text("limit"), alert.Text("percent"), alert.Text("limit_value"), alert.Text("value"), alert.Text("family_id"));
        if (limits.List("waiting").Any())
            Screen.Out.Write(waiting);
        if (limits.List("alerts").Any())
            Screen.Out.Write(alerts);
    }
}
