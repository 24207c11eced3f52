using System.CommandLine;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Storage;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa migrate</c>: applies migrations and enables the app's login.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var identity = new Option<Guid?>("--app-identity") { Description = "Object id of the managed identity that may log in as familypa_app (Azure)." };
        var passwordFile = Secrets.File("--app-password-file", "the password for familypa_app (elsewhere). Default: FAMILYPA_APP_PASSWORD");
        var command = new Command("migrate", "Apply the migrations that the database does not have yet.")
        {
            identity, passwordFile, Secrets.Rejected("--app-password", "Set FAMILYPA_APP_PASSWORD, or give --app-password-file"),
        };
        var login = new DatabaseLogin(command);
        command.SetAction((parsed, cancellation) => login.RunAsync(
            parsed,
            address =>
            {
                var json = parsed.GetValue(GlobalOptions.Json);
                var password = Secrets.Read(parsed.GetValue(passwordFile), "FAMILYPA_APP_PASSWORD", "Password for familypa_app:");
                var applied = new List<string>();
                Migrator.Run(address.ConnectionString, script =>
                {
                    applied.Add(script);
                    if (!json)
                        Screen.Line($"  applied {script}");
                });
                AppLogin.Allow(address.ConnectionString, parsed.GetValue(identity), password);
                if (json)
                    Screen.Json(new { applied });
                else
                    Screen.Line(applied.Count == 0 ? "The database is up to date." : $"{applied.Count} migrations applied.");
                return Task.CompletedTask;
            },
            cancellation));
        return command;
    }
}
