using System.CommandLine;
using Azure.Core;
using Azure.Identity;
using FamilyPa.Cli.Output;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa migrate</c>: applies migrations and enables the app's login.</summary>
internal static class MigrateCommand
{
    private const string EntraScope = "https://ossrdbms-aad.database.windows.net/.default";

    private const string ConnectionQuestion = "Connection string or postgresql:// URI of the database's owner:";

    public static Command Create()
    {
        var connectionFile = Secrets.File(
            "--connection-file", "the Npgsql connection string or postgresql:// URI of a login that owns the database. Default: POSTGRES_CONNECTION_STRING");
        var entra = new Option<bool>("--entra")
        {
            Description = "Log in with an Entra token of the signed-in account. Default: POSTGRES_USE_ENTRA.",
            DefaultValueFactory = _ => bool.TryParse(Environment.GetEnvironmentVariable("POSTGRES_USE_ENTRA"), out var use) && use,
        };
        var identity = new Option<Guid?>("--app-identity") { Description = "Object id of the managed identity that may log in as familypa_app (Azure)." };
        var passwordFile = Secrets.File("--app-password-file", "the password for familypa_app (elsewhere). Default: FAMILYPA_APP_PASSWORD");

        var command = new Command("migrate", "Apply the migrations that the database does not have yet.")
        {
            connectionFile, entra, identity, passwordFile,
            Secrets.Rejected("--connection", "Set POSTGRES_CONNECTION_STRING, or give --connection-file"),
            Secrets.Rejected("--app-password", "Set FAMILYPA_APP_PASSWORD, or give --app-password-file"),
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var json = parsed.GetValue(GlobalOptions.Json);
            try
            {
                var address = ConnectionStrings.Parse(Secrets.Read(parsed.GetValue(connectionFile), "POSTGRES_CONNECTION_STRING", ConnectionQuestion) ?? Secrets.Ask(ConnectionQuestion));
                var password = Secrets.Read(parsed.GetValue(passwordFile), "FAMILYPA_APP_PASSWORD", "Password for familypa_app:");
                if (parsed.GetValue(entra))
                    address.Password = (await new DefaultAzureCredential().GetTokenAsync(new TokenRequestContext([EntraScope]), cancellation)).Token;
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
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                throw CliException.Usage(e.Message);
            }
            catch (AuthenticationFailedException)
            {
                throw new CliException(ExitCode.Refused, "no signed-in account may log in to the database (az login)");
            }
            catch (PostgresException e)
            {
                throw new CliException(
                    e.SqlState.StartsWith("28", StringComparison.Ordinal) ? ExitCode.Refused : ExitCode.Failed,
                    $"the database rejected the request: {e.MessageText} ({e.SqlState})");
            }
            catch (NpgsqlException e)
            {
                throw new CliException(ExitCode.Unreachable, $"the database cannot be reached: {e.Message}");
            }
            catch (InvalidOperationException e)
            {
                throw new CliException(ExitCode.Failed, e.Message);
            }
        });
        return command;
    }
}
