using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FamilyPa.Cli.Output;
using Npgsql;

namespace FamilyPa.Cli.Commands;

/// <summary><c>familypa connect</c>: waits until the database's firewall lets this machine in.</summary>
/// <remarks>
/// "There might be as much as a five-minute delay for changes to the firewall configuration" of a flexible server to take effect
/// (learn.microsoft.com/azure/postgresql/security/security-firewall-rules). Until then a connection times out or is refused by pg_hba.conf.
/// </remarks>
internal static class ConnectCommand
{
    public static Command Create()
    {
        var command = new Command("connect", "Wait until the database's firewall lets this machine in.");
        var login = new DatabaseLogin(command);
        var wait = new Option<double>("--wait") { Description = "Seconds to wait. A new firewall rule takes up to five minutes.", DefaultValueFactory = _ => 300 };
        command.Add(wait);
        command.SetAction((parsed, cancellation) => login.RunAsync(
            parsed,
            async address =>
            {
                (address.Pooling, address.Timeout) = (false, 10);
                await OpenAsync(address.ConnectionString, TimeSpan.FromSeconds(parsed.GetValue(wait)), cancellation);
            },
            cancellation));
        return command;
    }

    private static async Task OpenAsync(string address, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(address);
                await connection.OpenAsync(cancellation);
                return;
            }
            catch (NpgsqlException e) when (IsOfFirewall(e) && clock.Elapsed < patience)
            {
                Screen.Note(string.Create(CultureInfo.InvariantCulture, $"The database does not let this machine in yet ({clock.Elapsed.TotalSeconds:0} of {patience.TotalSeconds:0} s): {e.Message}"));
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, patience.TotalSeconds / 10)), cancellation);
            }
        }
    }

    private static bool IsOfFirewall(NpgsqlException error) => error is PostgresException refused
        ? refused.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification && refused.MessageText.Contains("no pg_hba.conf entry", StringComparison.Ordinal)
        : error.InnerException is TimeoutException or SocketException or IOException;
}
