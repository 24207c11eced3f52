using Npgsql;

namespace FamilyPa.Local.App;

/// <summary>The demo family. Its ids are fixed, so that links and scripts stay valid.</summary>
public static class DemoFamily
{
    public const string Name = "The Demo family";
    public const string TimeZone = "Europe/London";
    public const string TwilioNumber = "+14155238886";

    public static readonly Guid FamilyId = new("0f000000-0000-4000-8000-000000000001");

    public static readonly DemoMember Owner = new(new("0f000000-0000-4000-8000-000000000011"), "Alex", "owner", "+447700900123");
    public static readonly DemoMember Second = new(new("0f000000-0000-4000-8000-000000000012"), "Sam", "member", "+447700900124");

    public static IReadOnlyList<DemoMember> Members { get; } = [Owner, Second];

    /// <summary>Inserts missing rows and changes no existing ones.</summary>
    /// <param name="connectionString">A login with full rights, or one that may set the role service_role.</param>
    public static async Task SeedAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        // Row security is forced on the owner too. Its policies admit service_role.
        Add("set local role service_role");
        Add("insert into families (id, name, timezone, locale) values ($1, $2, $3, 'en-GB') on conflict do nothing", FamilyId, Name, TimeZone);
        foreach (var member in Members)
            Add("insert into family_members (family_id, user_id, display_name, role, phone_e164) values ($1, $2, $3, $4, $5) on conflict do nothing",
                FamilyId, member.UserId, member.Name, member.Role, member.Phone);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
                command.Parameters.AddWithValue(value);
            batch.BatchCommands.Add(command);
        }
    }
}

public sealed record DemoMember(Guid UserId, string Name, string Role, string Phone);
