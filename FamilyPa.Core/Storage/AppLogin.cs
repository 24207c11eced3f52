using FamilyPa.Core.Settings;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Gives the role <c>familypa_app</c> a way to log in. The migrations create it without one.</summary>
public static class AppLogin
{
    /// <param name="identity">Object id of a managed identity. Azure Database for PostgreSQL then accepts its tokens for the role.</param>
    /// <param name="password">A password for servers without Entra.</param>
    public static void Allow(string adminConnectionString, Guid? identity, string? password)
    {
        using var source = NpgsqlDataSource.Create(ConnectionStrings.Parse(adminConnectionString));
        if (identity is { } id)
            Execute(source, $"security label for \"pgaadauth\" on role familypa_app is 'aadauth,oid={id:D},type=service'");
        if (!string.IsNullOrEmpty(password))
        {
            // ALTER ROLE takes no parameters; quote_literal makes the literal on the server.
            using var quote = source.CreateCommand("select format('alter role familypa_app password %L', $1)");
            quote.Parameters.Add(new NpgsqlParameter { Value = password });
            Execute(source, (string)quote.ExecuteScalar()!);
        }
    }

    private static void Execute(NpgsqlDataSource source, string sql)
    {
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
