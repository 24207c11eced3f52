using Npgsql;

namespace FamilyPa.Bench.Traffic;

/// <summary>Adds senders to the database.</summary>
internal static class Families
{
    /// <summary>Adds one family with one member per phone number.</summary>
    public static async Task AddAsync(NpgsqlDataSource database, IReadOnlyList<string> phones)
    {
        await using var command = database.CreateCommand(
            """
            with phones as (select phone, gen_random_uuid() as family_id from unnest($1) phone),
                 added as (insert into families (id, name, timezone, locale) select family_id, 'Family ' || phone, 'Europe/London', 'en-GB' from phones)
            insert into family_members (family_id, display_name, role, phone_e164) select family_id, 'Robin', 'owner', phone from phones
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = phones.ToArray() });
        await command.ExecuteNonQueryAsync();
    }
}
