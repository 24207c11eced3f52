using Npgsql;

namespace FamilyPa.Tests.RowSecurity;

/// <summary>Somebody at the database: the app's own login, which took a role and claims for a transaction.</summary>
/// <param name="Role">Null: just the login.</param>
/// <param name="Home">The family it belongs to, if any.</param>
/// <param name="Standing">Its role in there.</param>
internal sealed record Actor(string Name, string? Role, Guid? User = null, Household? Home = null, string Standing = "")
{
    public bool IsService => Role == "service_role";

    public bool IsAdmin => Standing is "admin" or "owner";

    public static Actor Of(string name, Household a, Household b) => name switch
    {
        "nobody" => new(name, null),
        "anon" => new(name, "anon"),
        "anon with a member's claims" => new(name, "anon", a.Owner),
        "authenticated without claims" => new(name, "authenticated"),
        "stranger" => new(name, "authenticated", Guid.NewGuid()),
        "member" => new(name, "authenticated", a.Member, a, "member"),
        "admin" => new(name, "authenticated", a.Admin, a, "admin"),
        "owner" => new(name, "authenticated", a.Owner, a, "owner"),
        "member of the other" => new(name, "authenticated", b.Member, b, "member"),
        "owner of the other" => new(name, "authenticated", b.Owner, b, "owner"),
        "service" => new(name, "service_role"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>Begins a transaction in that role. It is rolled back with the attempts.</summary>
    public async Task<Attempts> BeginAsync(NpgsqlDataSource source)
    {
        var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "begin" + (User is { } user ? $$"""; set local request.jwt.claims = '{"sub":"{{user}}"}'""" : "") + (Role is { } role ? $"; set local role {role}" : "") + "; savepoint attempt";
        await command.ExecuteNonQueryAsync();
        return new Attempts(connection);
    }
}

/// <summary>Statements that are tried, each as if the ones before had not been.</summary>
internal sealed class Attempts(NpgsqlConnection connection) : IAsyncDisposable
{
    public const string Denied = "denied";
    public const string Nothing = "nothing";
    public const string Something = "something";

    /// <returns>Denied, nothing (it found no row) or something; otherwise the error's SQLSTATE.</returns>
    public async Task<string> TryAsync(string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"rollback to attempt; {sql}";
        try
        {
            await using var reader = await command.ExecuteReaderAsync();
            var rows = 0;
            while (await reader.ReadAsync())
                rows++;
            return Math.Max(rows, reader.RecordsAffected) > 0 ? Something : Nothing;
        }
        catch (PostgresException e)
        {
            return e.SqlState == PostgresErrorCodes.InsufficientPrivilege ? Denied : e.SqlState;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "rollback";
            await command.ExecuteNonQueryAsync();
        }

        await connection.DisposeAsync();
    }
}
