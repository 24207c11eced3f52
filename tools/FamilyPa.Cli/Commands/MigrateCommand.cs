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

    public static Command Create()
    {
        var connection = new Option<string>("--connection")
        {
            Description = "Npgsql connection string or postgresql:// URI of a login that owns the database. Default: POSTGRES_CONNECTION_STRING.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("POSTGRES_CONNECTION_STRING") ?? "",
        };
        var entra = new Option<bool>("--entra")
        {
            Description = "Log in with an Entra token of the signed-in account. Default: POSTGRES_USE_ENTRA.",
            DefaultValueFactory = _ => bool.TryParse(Environment.GetEnvironmentVariable("POSTGRES_USE_ENTRA"), out var use) && use,
        };
        var identity = new Option<Guid?>("--app-identity") { Description = "Object id of the managed identity that may log in as familypa_app (Azure)." };
        var password = new Option<string?>("--app-password") { Description = "Password for familypa_app (elsewhere)." };

        var command = new Command("migrate", "Apply the migrations that the database does not have yet.") { connection, entra, identity, password };
        command.SetAction(async (parsed, cancellation) =>
        {
            var json = parsed.GetValue(GlobalOptions.Json);
            try
            {
                var address = ConnectionStrings.Parse(parsed.GetValue(connection)!);
                if (parsed.GetValue(entra))
                    address.Password = (await new DefaultAzureCredential().GetTokenAsync(new TokenRequestContext([EntraScope]), cancellation)).Token;
                var applied = new List<string>();
                Migrator.Run(address.ConnectionString, script =>
                {
                    applied.Add(script);
                    if (!json)
                        Screen.Line($"  applied {script}");
                });
                AppLogin.Allow(address.ConnectionString, parsed.GetValue(identity), parsed.GetValue(password));
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
