namespace FamilyPa.Tests.RowSecurity;

/// <summary>What must hold of the whole schema, whoever owns it.</summary>
public abstract class EveryTable<TFamilies>(TFamilies families) : IClassFixture<TFamilies>
    where TFamilies : TwoFamilies
{
    /// <summary>Of ours: not an extension's, not Supabase's own.</summary>
    private const string Functions =
        """
        pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname not in ('pg_catalog', 'information_schema') and p.proowner = (select relowner from pg_class where oid = 'families'::regclass)
          and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        """;

    [Theory]
    [InlineData("nobody")]
    [InlineData("anon")]
    [InlineData("anon with a member's claims")]
    [InlineData("authenticated without claims")]
    [InlineData("stranger")]
    [InlineData("member")]
    [InlineData("admin")]
    [InlineData("owner")]
    [InlineData("member of the other")]
    [InlineData("owner of the other")]
    [InlineData("service")]
    public async Task Only_what_is_declared_happens(string actor)
    {
        var matrix = new Matrix(families, Actor.Of(actor, families.A, families.B));

        Assert.Empty(await matrix.RunAsync(families.Tables));

        Assert.True(matrix.Count > 600, $"only {matrix.Count} attempts");
    }

    [Fact]
    public async Task Each_family_has_a_row_in_each_table()
    {
        foreach (var table in families.Tables.Where(table => table is { Stored: true, FamilyColumn: not null }))
        {
            foreach (var family in new[] { families.A, families.B })
                Assert.True(await families.Database.ScalarAsync<long>($"select count(*) from {table.Name} where {table.FamilyColumn} = $1", family.Id) > 0, table.Name);
        }

        Assert.Empty(Declared.Tables.Keys.Except(families.Tables.Select(table => table.Name)));
    }

    [Fact]
    public async Task Every_table_has_row_security_forced_and_names_each_role_in_a_policy() => Assert.Empty(await families.Database.RowsAsync(
        $"""
        select t.name, missing.role from (
          select c.oid, c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as forced from {Catalogue.Relations} and c.relkind in ('r', 'p')) t,
          unnest(array['anon', 'authenticated', 'service_role']) missing(role)
        where not t.forced or not exists (select from pg_policy p where p.polrelid = t.oid and missing.role::regrole = any (p.polroles))
        """));

    [Fact]
    public async Task Every_view_asks_on_behalf_of_whoever_looks() => Assert.Empty(await families.Database.RowsAsync(
        $"select c.oid::regclass::text as name from {Catalogue.Relations} and c.relkind in ('v', 'm') and not coalesce(c.reloptions @> array['security_invoker=true'], false)"));

    [Fact]
    public async Task Every_function_has_a_fixed_search_path_and_is_not_everybodys() => Assert.Empty(await families.Database.RowsAsync(
        $"""
        select p.oid::regprocedure::text as name from {Functions}
          and (not exists (select from unnest(p.proconfig) s where s like 'search\_path=%')
            or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0))
        """));

    [Fact]
    public async Task Members_can_call_only_what_is_declared()
    {
        var rows = await families.Database.RowsAsync(
            $"""
            select case n.nspname when 'public' then '' else n.nspname || '.' end || p.proname as name, r.role from {Functions.Replace("pg_proc p", "unnest(array['anon', 'authenticated']) r(role), pg_proc p", StringComparison.Ordinal)}
              and has_function_privilege(r.role, p.oid, 'execute') and has_schema_privilege(r.role, n.oid, 'usage')
            """);
        var callable = rows.ToLookup(row => (string)row["role"]!, row => (string)row["name"]!);

        Assert.Empty(callable["authenticated"].Except(Declared.Functions));
        Assert.Empty(callable["anon"].Except(["auth.uid"]));
    }

    [Fact]
    public async Task Only_what_is_declared_runs_as_the_owner() => Assert.Equal(
        Declared.AsOwner.Order(StringComparer.Ordinal),
        (await families.Database.RowsAsync(
            $"""
            select distinct p.proname::text as name from {Functions.Replace("pg_proc p", "unnest(array['anon', 'authenticated', 'service_role', 'familypa_app']) r(role), pg_proc p", StringComparison.Ordinal)}
              and p.prosecdef and p.prorettype <> 'trigger'::regtype and has_function_privilege(r.role, p.oid, 'execute')
            """)).Select(row => (string)row["name"]!).Order(StringComparer.Ordinal));

    [Fact]
    public async Task What_members_can_call_takes_no_SQL_and_no_role() => Assert.Empty(await families.Database.RowsAsync(
        $@"select p.proname::text from {Functions} and has_function_privilege('authenticated', p.oid, 'execute') and p.prosrc ~* '\m(execute|set_config|set\s+(local|session|role|search_path)|reset|role\s+to|dblink\w*)\M'"));

    [Fact]
    public async Task The_login_has_three_roles_to_take_and_nothing_of_its_own()
    {
        var login = Assert.Single(await families.Database.RowsAsync(
            """
            select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication or rolinherit as privileged,
              (select count(*) from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o') as owned,
              (select string_agg(distinct m.roleid::regrole::text, ' ') from pg_auth_members m where m.member = r.oid) as roles,
              (select count(*) from pg_auth_members m where m.member in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole)) as more
            from pg_roles r where rolname = 'familypa_app'
            """));

        Assert.Equal((false, 0L, "anon authenticated service_role", 0L), (login["privileged"], login["owned"], login["roles"], login["more"]));
    }

    [Fact]
    public async Task No_role_can_make_anything() => Assert.Empty(await families.Database.RowsAsync(
        """
        select r.role, n.nspname::text from pg_namespace n, unnest(array['anon', 'authenticated', 'service_role', 'familypa_app']) r(role)
        where n.nspname not like 'pg\_t%'
          and (has_schema_privilege(r.role, n.oid, 'create') or has_database_privilege(r.role, current_database(), 'create'))
        """));
}
