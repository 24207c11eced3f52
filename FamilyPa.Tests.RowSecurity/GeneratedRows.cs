using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.RowSecurity;

/// <summary>
/// A row of each family in each table, made from the catalogue alone, so that a table which comes tomorrow has its rows too. A value follows
/// from table, column and family: whoever refers to a row knows its key without looking.
/// </summary>
internal sealed class GeneratedRows(IReadOnlyList<Table> tables)
{
    private readonly Dictionary<string, Table> byName = tables.ToDictionary(table => table.Name);

    /// <summary>What is checked about values is of no interest here, only whose they are; so all checks are dropped, for this database alone.</summary>
    public async Task StoreAsync(TestDatabase database, params Household[] families)
    {
        foreach (var check in await database.RowsAsync("select conrelid::regclass::text as name, conname::text from pg_constraint where contype = 'c' and conrelid <> 0 and connamespace = 'public'::regnamespace"))
            await database.ExecuteAsync($"alter table {check["name"]} drop constraint \"{check["conname"]}\"");
        await using var connection = await database.OpenAsync();
        var sql = new StringBuilder("set session_replication_role = replica;");
        foreach (var family in families)
        {
            foreach (var table in tables.Where(table => table.Stored))
                sql.AppendLine(CultureInfo.InvariantCulture, $"{Insert(table, family, table.Columns.Where(column => column.Written), "")};");
            foreach (var (user, role) in new[] { (family.Owner, "owner"), (family.Admin, "admin"), (family.Member, "member") })
                sql.AppendLine(CultureInfo.InvariantCulture, $"insert into family_members (family_id, user_id, display_name, role) values ('{family.Id}', '{user}', '{role}', '{role}');");
        }

        await using var command = connection.CreateCommand();
        command.CommandText = sql.Append("reset session_replication_role").ToString();
        await command.ExecuteNonQueryAsync();
    }

    /// <param name="salt">Empty for the row that is stored; another one makes another row of the same family.</param>
    public string Insert(Table table, Household family, IEnumerable<Column> columns, string salt)
    {
        var written = columns.ToList();
        return $"insert into {table.Name} ({string.Join(", ", written.Select(column => $"\"{column.Name}\""))}) "
            + $"values ({string.Join(", ", written.Select(column => Literal(table, column, family, salt)))})";
    }

    /// <summary>That column of the family's stored row, as SQL writes it.</summary>
    public string Literal(Table table, Column column, Household family, string salt = "")
    {
        if (column.Name == "family_id" || (table.Name, column.Name, salt) is ("families", "id", ""))
            return $"'{family.Id}'";
        if (table.Name is "family_members" or "invitations" && column.Name == "role")
            return "'member'";
        if (table.Name == "family_members" && column.Name == "user_id" && salt.Length == 0)
            return $"'{family.Kin}'";
        if (table.References.TryGetValue(column.Name, out var target))
            return Literal(byName[target.Table], byName[target.Table].Columns.Single(other => other.Name == target.Column), family);

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{table.Name}.{column.Name} {family.Id} {salt}"));
        // Beyond what a sequence has counted up to, as the migrator's journal does, and small enough for every type.
        var number = 1000 + (BitConverter.ToUInt16(hash) % 31_000);
        return column.Type switch
        {
            "uuid" => $"'{new Guid(hash.AsSpan(0, 16))}'",
            "text" or "varchar" or "bpchar" => $"'{Convert.ToHexStringLower(hash.AsSpan(0, 8))}'",
            "bytea" => $"'\\x{Convert.ToHexStringLower(hash)}'",
            // Wide, for they are keys, and two families must not draw the same one.
            "int4" or "int8" => (1000 + (BitConverter.ToUInt32(hash) % 2_000_000_000)).ToString(CultureInfo.InvariantCulture),
            "int2" or "numeric" or "float4" or "float8" => number.ToString(CultureInfo.InvariantCulture),
            "bool" => "true",
            "timestamptz" or "timestamp" => $"timestamptz '2026-11-25 12:00Z' - interval '{number} minutes'",
            "date" => $"date '2026-11-25' - {number}",
            "interval" => $"interval '{number} seconds'",
            "time" => $"time '08:00' + interval '{number} seconds'",
            "inet" => $"'10.0.{hash[0]}.{hash[1]}'",
            "json" or "jsonb" => "'{}'",
            "array" => "'{}'",
            "enum" => $"'{column.Label}'",
            _ => throw new NotSupportedException($"{table.Name}.{column.Name}: say what a {column.Type} looks like"),
        };
    }
}
