using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using FamilyPa.Cli.Api;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Membership;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa families</c>: manages families.</summary>
internal static class FamiliesCommand
{
    public static Command Create() => new("families", "List, show, create and delete families, and change their members.") { List(), Show(), New(), Member(), Delete() };

    private static Command List()
    {
        var command = new Command("list", "All families.");
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var families = new List<JsonElement>();
            string? after = null;
            do
            {
                var page = await api.FamiliesAsync(after, cancellation);
                families.AddRange(page.List("families"));
                after = page.Text("next");
            }
            while (after is not null);
            Print(JsonSerializer.SerializeToElement(new { families }), parsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Show()
    {
        var id = Id();
        var command = new Command("show", "One family with its members.") { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            Print(await api.FamilyAsync(parsed.GetRequiredValue(id), cancellation), parsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command New()
    {
        var name = new Option<string>("--name") { Description = "The family's name.", Required = true };
        var timeZone = new Option<string>("--timezone") { Description = "An IANA time zone, for example Europe/London.", Required = true };
        var locale = new Option<string>("--locale") { Description = "A language tag, for example en-GB.", DefaultValueFactory = _ => "en" };
        var member = new Option<NewMember[]>("--member")
        {
            Description = "Name:role:phone, for example Ann:owner:+447700900123; the roles are owner, admin and member. A member such as a child may have no phone: Lily:member. Repeat for more.",
            Required = true,
            CustomParser = result => [.. result.Tokens.Select(token => Member(token, result)).OfType<NewMember>()],
        };
        var command = new Command("create", "Create a family. Its members can write at once.") { name, timeZone, locale, member };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var family = new NewFamily(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(timeZone), parsed.GetRequiredValue(locale), parsed.GetRequiredValue(member));
            Print(await api.CreateFamilyAsync(family, cancellation), parsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Member()
    {
        var id = Id();
        var user = new Argument<Guid>("user-id") { Description = "The member's id." };
        var external = new Option<string?>("--external-user-id") { Description = "WhatsApp's business-scoped id, for example US.ABC123; empty to remove it." };
        var nicknames = new Option<string[]>("--nickname") { Description = "What the family calls the member besides, for example Mum. Repeat for more; all earlier ones are replaced." };
        var command = new Command("member", "Set a member's nicknames and business-scoped id.") { id, user, external, nicknames };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var change = new { external_user_id = parsed.GetValue(external), nicknames = parsed.GetValue(nicknames) is { Length: > 0 } given ? given : null };
            Print(await api.ChangeMemberAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(user), change, cancellation), parsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Delete()
    {
        var id = Id();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation. Required without a terminal." };
        var command = new Command("delete", "Erase a family and all its data. This cannot be undone.") { id, yes };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var family = parsed.GetRequiredValue(id);
            if (!parsed.GetValue(yes))
            {
                if (parsed.GetValue(GlobalOptions.Json) || !Screen.IsInteractive)
                    throw CliException.Usage("no terminal for the confirmation: add --yes to erase it");
                if (!Screen.Confirm($"Erase family {family} permanently?"))
                    return ExitCode.Failed;
            }

            Print(await api.DeleteFamilyAsync(family, cancellation), parsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Argument<Guid> Id() => new("id") { Description = "The family's id." };

    private static NewMember? Member(Token token, ArgumentResult result)
    {
        switch (token.Value.Split(':'))
        {
            case [var name, var role, var phone]:
                return new NewMember(name, role, phone);
            case [var name, var role]:
                return new NewMember(name, role, null);
            default:
                result.AddError($"'{token.Value}' is not a member: use Name:role:phone");
                return null;
        }
    }

    /// <summary>Prints a response: arrays as tables, other properties as lines.</summary>
    private static void Print(JsonElement answer, ParseResult parsed)
    {
        if (parsed.GetValue(GlobalOptions.Json))
        {
            Screen.Json(answer);
            return;
        }

        foreach (var property in answer.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Array)
                Table(property.Value);
            else
                Screen.Line($"{property.Name}: {property.Value}");
        }
    }

    private static void Table(JsonElement rows)
    {
        if (rows.GetArrayLength() == 0)
            return;
        var columns = rows[0].EnumerateObject().Where(column => column.Value.ValueKind is not JsonValueKind.Array).Select(column => column.Name).ToArray();
        var table = Screen.Table(columns);
        foreach (var row in rows.EnumerateArray())
            table.Row([.. columns.Select(column => row.TryGetProperty(column, out var cell) ? cell.ToString() : "")]);
        Screen.Out.Write(table);
    }
}
