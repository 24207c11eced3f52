using System.CommandLine;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Storage;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa hand-over</c>: lets another login, such as the operators' group, migrate what this login has created.</summary>
internal static class HandOverCommand
{
    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "The login, such as the operators' group.", Required = true };
        var command = new Command("hand-over", "Let another login migrate the database that this login owns.") { to };
        var login = new DatabaseLogin(command);
        command.SetAction((parsed, cancellation) => login.RunAsync(
            parsed,
            address =>
            {
                Migrator.HandOver(address.ConnectionString, parsed.GetValue(to)!);
                Screen.Line($"{parsed.GetValue(to)} can migrate the database now.");
                return Task.CompletedTask;
            },
            cancellation));
        return command;
    }
}
