using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.RowSecurity;

/// <summary>The matrix itself put to the test: it finds what is wrong.</summary>
public sealed class When_something_was_left_open(TestEnvironment environment)
{
    [Theory]
    [InlineData("grant select on forgotten to authenticated", "member")]
    [InlineData("grant insert on forgotten to authenticated", "member")]
    [InlineData("grant update (note) on forgotten to authenticated", "stranger")]
    [InlineData("grant delete on forgotten to public", "nobody")]
    [InlineData("grant select on forgotten to anon; alter table forgotten enable row level security; create policy open on forgotten using (true)", "anon")]
    public async Task A_new_table_is_found(string grant, string actor)
    {
        Assert.NotEmpty(await RunAsync(
            $"create table forgotten (id uuid primary key default gen_random_uuid(), family_id uuid, note text); insert into forgotten default values; {grant}", actor, "forgotten"));
    }

    [Theory]
    [InlineData("alter policy members_see on tasks using (true)", "owner of the other", "tasks")]
    [InlineData("alter policy members_change on tasks using (true)", "stranger", "tasks")]
    [InlineData("alter policy members_delete_own_and_admins_all on tasks using (true)", "stranger", "tasks")]
    [InlineData("alter policy members_delete_own_and_admins_all on tasks using (is_family_member(family_id))", "member", "tasks")]
    [InlineData("alter policy members_add on tasks with check (true)", "owner of the other", "tasks")]
    [InlineData("alter policy admins_change on family_members using (is_family_member(family_id))", "member", "family_members")]
    [InlineData("alter policy admins_add on family_members with check (true)", "admin", "family_members")]
    [InlineData("alter policy members_see on inbound_messages using (true)", "authenticated without claims", "inbound_messages")]
    [InlineData("grant select (phone_e164) on family_members to authenticated", "member", "family_members")]
    [InlineData("grant update (family_id) on tasks to authenticated", "owner", "tasks")]
    [InlineData("grant select on ai_usage to authenticated; drop policy authenticated_nothing on ai_usage; create policy open on ai_usage using (true)", "admin", "ai_usage")]
    [InlineData("drop policy service_role_everything on tasks", "service", "tasks")]
    public async Task A_policy_or_a_grant_that_is_wrong_is_found(string change, string actor, string table) => Assert.NotEmpty(await RunAsync(change, actor, table));

    [Fact]
    public async Task A_denial_holds_whatever_else_is_granted()
    {
        Assert.DoesNotContain(
            await RunAsync("grant select on ai_usage to anon; create policy open on ai_usage using (true)", "anon", "ai_usage"),
            surprise => surprise.Contains(Attempts.Something, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> RunAsync(string change, string actor, string name)
    {
        await using var families = new TwoFamilies(environment);
        await families.InitializeAsync();
        await families.Database.ExecuteAsync(change);
        var table = Assert.Single(await Catalogue.ReadAsync(families.Database), table => table.Name == name);
        return await new Matrix(families, Actor.Of(actor, families.A, families.B)).RunAsync([table]);
    }
}
