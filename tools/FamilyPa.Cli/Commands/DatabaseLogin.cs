using System.CommandLine;
using Azure.Core;
using Azure.Identity;
using FamilyPa.Core.Settings;
using Npgsql;

namespace FamilyPa.Cli.Commands;

/// <summary>The options that name a database and a login.</summary>
internal sealed class DatabaseLogin
{
    private const string EntraScope = "https://ossrdbms-aad.database.windows.net/.default";
    private const string Question = "Connection string or postgresql:// URI of the database's owner:";

    private readonly Option<string?> connectionFile = Secrets.File(
        "--connection-file", "the Npgsql connection string or postgresql:// URI of a login that owns the database. Default: POSTGRES_CONNECTION_STRING");

    private readonly Option<bool> entra = new("--entra")
    {
        Description = "Log in with an Entra token of the signed-in account. Default: POSTGRES_USE_ENTRA.",
        DefaultValueFactory = _ => bool.TryParse(Environment.GetEnvironmentVariable("POSTGRES_USE_ENTRA"), out var use) && use,
    };

    public DatabaseLogin(Command command)
    {
        command.Add(connectionFile);
        command.Add(entra);
        command.Add(Secrets.Rejected("--connection", "Set POSTGRES_CONNECTION_STRING, or give --connection-file"));
    }

    /// <summary>Runs an action with the address of the database. Failures of the login or the database become a <see cref="CliException"/>.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<NpgsqlConnectionStringBuilder, Task> action, CancellationToken cancellation)
    {
        try
        {
            var address = ConnectionStrings.Parse(Secrets.Read(parsed.GetValue(connectionFile), "POSTGRES_CONNECTION_STRING", Question) ?? Secrets.Ask(Question));
            if (parsed.GetValue(entra))
                address.Password = (await new DefaultAzureCredential().GetTokenAsync(new TokenRequestContext([EntraScope]), cancellation)).Token;
            await action(address);
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
    }
}
