using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa budget</c>: daily AI budgets of families, and the jobs deferred for them.</summary>
internal static class BudgetCommand
{
    private const string Default = "default";

    public static Command Create() => new("budget", "Show and set daily AI budgets of families; resume jobs deferred for a budget.") { Show(), Set(), Release() };

    private static Command Show()
    {
        var family = new Argument<Guid>("family") { Description = "The family's id." };
        var command = new Command("show", "A family's budget, its usage, and the number of deferred messages.") { family };
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
        var command = new Command("set", "Set a family's daily budget. Jobs deferred for the budget resume at once.") { family, amount };
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = parsed.GetRequiredValue(amount);
            decimal? dollars = text == Default ? null
                : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) ? given
                : throw CliException.Usage($"'{text}' is not an amount: use dollars such as 20 or 0.50, or {Default}");
            using var api = OperatorApi.Of(parsed);
            return Print(await api.SetBudgetAsync(parsed.GetRequiredValue(family), dollars, cancellation), parsed);
        });
        return command;
    }

    private static Command Release()
    {
        var family = new Argument<Guid?>("family") { Description = "The family's id; all families without it.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("release", "Resume jobs deferred for a budget now. Those over the budget are deferred again.") { family };
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
