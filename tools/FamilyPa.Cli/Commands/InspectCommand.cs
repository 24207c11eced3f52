using System.CommandLine;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa inspect</c>: shows the timeline of a message.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var sid = new Argument<string>("sid") { Description = "The MessageSid." };
        var reveal = new Option<bool>("--reveal") { Description = "Also show the text and the sender. Recorded in the audit log." };
        var command = new Command("inspect", "Show the timeline of a message.") { sid, reveal };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var timeline = await api.TimelineAsync(parsed.GetRequiredValue(sid), parsed.GetValue(reveal), cancellation);
            if (parsed.GetValue(GlobalOptions.Json))
                Screen.Json(timeline);
            else
                Timeline.Show(timeline);
            return ExitCode.Ok;
        });
        return command;
    }
}
