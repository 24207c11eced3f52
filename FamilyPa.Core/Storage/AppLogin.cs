using FamilyPa.Core.Settings;
using Npgsql;

namespace FamilyPa.Core.Storage;

/// <summary>Ties the role <c>familypa_app</c>, which the migrations create without any means to log in, to what the app logs in with.</summary>
public static class AppLogin
{
    /// <param name="identity">Object id of a managed identity: Azure's PostgreSQL then takes its tokens for the role.</param>
    /// <param name="password">A password, where there is no Entra.</param>
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
