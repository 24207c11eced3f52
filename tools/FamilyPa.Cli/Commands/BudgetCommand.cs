using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa budget</c>: what AI may cost a family in a day, and what waits because it has.</summary>
internal static class BudgetCommand
{
    private const string Default = "default";

    public static Command Create() => new("budget", "Show and set what AI may cost a family in a day; release what waits for the next one.") { Show(), Set(), Release() };

    private static Command Show()
    {
        var family = new Argument<Guid>("family") { Description = "The family's id." };
        var command = new Command("show", "A family's budget, what is used of it, and how many messages wait.") { family };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            return Print(await api.BudgetAsync(parsed.GetRequiredValue(family), cancellation), parsed);
        });
        return command;
    }

    private static Command Set()
    {
        var family = new Argument<Guid>("family") { Description = "The family's id." };
        var amount = new Argument<string>("usd") { Description = $"Dollars a day, for example 20 or 0.50; or {Default}." };
        var command = new Command("set", "Set a family's daily budget. What waits for a larger one goes on at once.") { family, amount };
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = parsed.GetRequiredValue(amount);
            decimal? dollars = text == Default ? null
                : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) ? given
                : throw CliException.Usage($"'{text}' is no amount: write dollars such as 20 or 0.50, or {Default}");
            using var api = OperatorApi.Of(parsed);
            return Print(await api.SetBudgetAsync(parsed.GetRequiredValue(family), dollars, cancellation), parsed);
        });
        return command;
    }

    private static Command Release()
    {
        var family = new Argument<Guid?>("family") { Description = "The family's id; all families without it.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("release", "Have messages that wait for a new budget try again now. What does not fit waits again.") { family };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            return Print(await api.ChangeLimitsAsync(new { release = "budget", family_id = parsed.GetValue(family) }, cancellation), parsed);
        });
        return command;
    }

    private static int Print(JsonElement answer, ParseResult parsed)
    {
        if (parsed.GetValue(GlobalOptions.Json))
        {
            Screen.Json(answer);
        }
        else
        {
            foreach (var property in answer.EnumerateObject())
                Screen.Line($"{property.Name}: {property.Value}");
        }

        return ExitCode.Ok;
    }
}
