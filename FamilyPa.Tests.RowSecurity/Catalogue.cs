using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.RowSecurity;

/// <param name="Written">Whether a statement may give it a value: not generated, no identity.</param>
/// <param name="Label">A value of it where it is an enumeration.</param>
internal sealed record Column(string Name, string Type, bool Written, string? Label);

/// <param name="Name">As SQL needs it: with its schema outside of <c>public</c>.</param>
/// <param name="Stored">A table. Of a view only what it shows is of interest.</param>
internal sealed record Table(
    string Name, bool Stored, IReadOnlyList<Column> Columns, IReadOnlySet<string> Key, IReadOnlyDictionary<string, (string Table, string Column)> References)
{
    /// <summary>Where it says whose a row is; null where it does not.</summary>
    public string? FamilyColumn { get; } = Name == "families" ? "id" : Columns.FirstOrDefault(column => column.Name == "family_id")?.Name;
}

/// <summary>Every table and view there is, whoever made it and whenever.</summary>
internal static class Catalogue
{
    public const string Relations =
        """
        pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_t%'
        """;

    public static async Task<IReadOnlyList<Table>> ReadAsync(TestDatabase database)
    {
        var columns = await database.RowsAsync(
            $"""
            select r.name, r.stored, a.attname::text as column, r.stored and a.attgenerated = '' and a.attidentity <> 'a' as written,
              case when t.typtype = 'e' then 'enum' when t.typcategory = 'A' then 'array' else t.typname::text end as type,
              (select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid limit 1) as label,
              exists (select from pg_index i where i.indrelid = r.oid and i.indisprimary and a.attnum = any (i.indkey)) as key
            from (select c.oid, c.oid::regclass::text as name, c.relkind in ('r', 'p') as stored from {Relations}) r
            join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
            join pg_type t on t.oid = a.atttypid
            order by r.name, a.attnum
            """);
        var references = (await database.RowsAsync(
            """
            select distinct on (k.conrelid, s.attname) k.conrelid::regclass::text as name, s.attname::text as column, k.confrelid::regclass::text as target, t.attname::text as referenced
            from pg_constraint k, unnest(k.conkey, k.confkey) p(here, there), pg_attribute s, pg_attribute t
            where k.contype = 'f' and k.confrelid <> k.conrelid
              and s.attrelid = k.conrelid and s.attnum = p.here and t.attrelid = k.confrelid and t.attnum = p.there
            """)).ToLookup(row => (string)row["name"]!);
        return [.. columns.GroupBy(row => (string)row["name"]!).Select(table => new Table(
            table.Key,
            (bool)table.First()["stored"]!,
            [.. table.Select(row => new Column((string)row["column"]!, (string)row["type"]!, (bool)row["written"]!, (string?)row["label"]))],
            table.Where(row => (bool)row["key"]!).Select(row => (string)row["column"]!).ToHashSet(),
            references[table.Key].ToDictionary(row => (string)row["column"]!, row => ((string)row["target"]!, (string)row["referenced"]!))))];
    }
}
