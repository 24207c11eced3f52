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
    public static Command Create() => new("families", "List, show, create and delete families, change their members, and export and import their data.") { List(), Show(), New(), Member(), Export(), Import(), Delete() };

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
        var locale = new Option<string?>("--locale") { Description = "A language tag, for example en-GB; en when it is left out." };
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
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(timeZone), parsed.GetValue(locale), parsed.GetRequiredValue(member));
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
        var timeZone = new Option<string?>("--timezone") { Description = "The member's IANA time zone, for example Europe/London; empty for the family's." };
        var command = new Command("member", "Set a member's nicknames, time zone and business-scoped id.") { id, user, external, nicknames, timeZone };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var change = new
            {
                external_user_id = parsed.GetValue(external),
                nicknames = parsed.GetValue(nicknames) is { Length: > 0 } given ? given : null,
                timezone = parsed.GetValue(timeZone),
            };
            Print(await api.ChangeMemberAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(user), change, cancellation), parsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Export()
    {
        var id = Id();
        var format = new Option<string>("--format") { Description = "json: all that is stored of the family. csv: its tasks.", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "csv");
        var output = new Option<FileInfo?>("--out") { Description = "The file to write; without it, the export goes to stdout." };
        var command = new Command("export", "Export a family's data, also to answer a data-subject request.") { id, format, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var export = await api.ExportAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(format), cancellation);
            if (parsed.GetValue(output) is { } file)
                await File.WriteAllBytesAsync(file.FullName, export, cancellation);
            else
                await Console.OpenStandardOutput().WriteAsync(export, cancellation);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Import()
    {
        var id = Id();
        var file = new Argument<FileInfo>("file") { Description = "JSON (an export), or CSV with a header; by its extension." };
        file.AcceptExistingOnly();
        var dryRun = new Option<bool>("--dry-run") { Description = "Validate the file and say what would be added." };
        var command = new Command("import", "Add a file's tasks and series to a family: all or none, and each once.") { id, file, dryRun };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = OperatorApi.Of(parsed);
            var given = parsed.GetRequiredValue(file);
            var mediaType = given.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? "text/csv" : "application/json";
            Print(
                await api.ImportAsync(
                    parsed.GetRequiredValue(id), await File.ReadAllBytesAsync(given.FullName, cancellation), mediaType, parsed.GetValue(dryRun), cancellation),
                parsed);
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
