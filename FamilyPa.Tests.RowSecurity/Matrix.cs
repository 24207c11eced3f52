using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.RowSecurity;

/// <summary>Tries everything with every table, and compares what happens with what is declared.</summary>
internal sealed class Matrix(TwoFamilies families, Actor actor)
{
    private HashSet<(string Table, string Column, string Privilege)> granted = [];

    /// <summary>How much was tried.</summary>
    public int Count { get; private set; }

    /// <returns>What was otherwise than declared; empty when all was well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<Table> tables)
    {
        List<string> surprises = [];
        granted = await PipelineGrantsAsync(families.Database);
        await using var attempts = await actor.BeginAsync(families.Source);
        foreach (var family in new[] { families.A, families.B })
        {
            foreach (var (what, sql, expected) in tables.SelectMany(table => table.Stored ? [.. Reads(table, family), .. Writes(table, family)] : Reads(table, family)))
            {
                Count++;
                var outcome = await attempts.TryAsync(sql);
                // The pipeline is let through to the constraints, and nobody else is.
                if (outcome != expected && !(actor.IsService && expected == Attempts.Something && outcome.StartsWith("23", StringComparison.Ordinal)))
                    surprises.Add($"{actor.Name}: {what} of {family}: {outcome}, not {expected}");
            }
        }

        return surprises;
    }

    private IEnumerable<(string What, string Sql, string Expected)> Reads(Table table, Household family)
    {
        var access = Access(table);
        yield return ($"select * from {table.Name}", $"select * from {table.Name}", Expect(
            MayRow(table, "SELECT", access is not null && table.Columns.All(column => access.Selected.Contains(column.Name))), actor.Home is not null));
        foreach (var column in table.Columns)
        {
            yield return ($"select {table.Name}.{column.Name}", $"select \"{column.Name}\" from {table.Name} {Where(table, family)}", Expect(
                May(table, "SELECT", column.Name, access?.Selected), actor.Home == family));
        }
    }

    private IEnumerable<(string What, string Sql, string Expected)> Writes(Table table, Household family)
    {
        var access = Access(table);
        var where = Where(table, family);
        var mayChange = actor.Home == family && (actor.IsAdmin || access?.Change == "member");
        var written = table.Columns.Where(column => column.Written).ToList();

        yield return ($"truncate {table.Name}", $"truncate {table.Name} cascade", Attempts.Denied);
        yield return ($"delete from {table.Name}", $"delete from {table.Name} {where}", Expect(
            MayRow(table, "DELETE", access?.Delete is not null), actor.Home == family && (actor.IsAdmin || access?.Delete == "member")));
        foreach (var column in written)
        {
            yield return (
                $"update {table.Name}.{column.Name}", $"update {table.Name} set \"{column.Name}\" = {families.Rows.Literal(table, column, family)} {where}",
                Expect(May(table, "UPDATE", column.Name, access?.Updated), mayChange));
        }

        var inserted = access is { Inserted.Count: > 0 } ? written.Where(column => access.Inserted.Contains(column.Name)).ToList() : written;
        yield return (
            $"insert into {table.Name}", families.Rows.Insert(table, family, inserted, "new"),
            // A row that a policy refuses is an error, not nothing.
            MayRow(table, "INSERT", access is { Inserted.Count: > 0 } && mayChange) ? Attempts.Something : Attempts.Denied);
        foreach (var column in written.Except(inserted))
            yield return ($"insert into {table.Name} with {column.Name}", families.Rows.Insert(table, family, inserted.Append(column), "new"), Attempts.Denied);

        if (table.FamilyColumn is { } familyColumn)
        {
            var other = family == families.A ? families.B : families.A;
            yield return (
                $"move of {table.Name}", $"update {table.Name} set {familyColumn} = '{other.Id}' {where}",
                Declared.Settled.Contains(table.Name) ? Attempts.Denied : Expect(May(table, "UPDATE", familyColumn, null), false));
        }
    }

    private MemberAccess? Access(Table table) => actor.Role == "authenticated" ? Declared.Tables.GetValueOrDefault(table.Name) : null;

    private bool MayRow(Table table, string privilege, bool declared) => actor.IsService ? granted.Contains((table.Name, "", privilege)) : declared;

    private bool May(Table table, string privilege, string column, IReadOnlySet<string>? declared) =>
        actor.IsService ? granted.Contains((table.Name, column, privilege)) : declared?.Contains(column) == true;

    /// <summary>Without the privilege it is an error; with it, rows that are not the actor's are as if they were not there.</summary>
    private string Expect(bool privilege, bool row) => !privilege ? Attempts.Denied : row || actor.IsService ? Attempts.Something : Attempts.Nothing;

    /// <summary>
    /// The family's row, by whatever columns the actor may see. Who has no row at all asks for every one: to name a row takes the right to read,
    /// and then neither the privilege nor the policies are put to the test that hold without it.
    /// </summary>
    private string Where(Table table, Household family)
    {
        var access = Access(table);
        if (!actor.IsService && (access is null || actor.Home is null))
            return "";
        var columns = table.Columns.Where(column =>
            column.Name == table.FamilyColumn || (column.Written && table.Key.Contains(column.Name) && access?.Selected.Contains(column.Name) != false));
        return "where " + string.Join(" and ", columns.Select(column => $"\"{column.Name}\" = {families.Rows.Literal(table, column, family)}").Append("true"));
    }

    /// <summary>What the migrations gave the pipeline, which differs by table. No column: the whole row.</summary>
    private static async Task<HashSet<(string Table, string Column, string Privilege)>> PipelineGrantsAsync(TestDatabase database) =>
        [.. (await database.RowsAsync(
            $"""
            with r as (select c.oid, c.oid::regclass::text as name from {Catalogue.Relations} and has_schema_privilege('service_role', n.oid, 'usage'))
            select r.name, '' as column, p as privilege from r, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
            where has_table_privilege('service_role', r.oid, p)
            union all
            select r.name, a.attname::text, p from r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped, unnest(array['SELECT', 'UPDATE']) p
            where has_column_privilege('service_role', r.oid, a.attnum, p)
            """)).Select(row => ((string)row["name"]!, (string)row["column"]!, (string)row["privilege"]!))];
}
