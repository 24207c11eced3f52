using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.RowSecurity;

public sealed class When_members_manage_each_other(TwoFamilies families) : IClassFixture<TwoFamilies>
{
    private const string LastOwner = "FP002";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("member", "update family_members set display_name = 'Me' where user_id = MEMBER", Attempts.Something)]
    [InlineData("member", "update family_members set nicknames = array['Mum'], notified = false, timezone = 'Europe/Paris' where user_id = MEMBER", Attempts.Something)]
    [InlineData("member", "update family_members set nicknames = array['Mum'] where user_id = KIN", Attempts.Nothing)]
    [InlineData("owner", "update family_members set external_user_id = 'US.ABC' where user_id = KIN", Attempts.Denied)]
    [InlineData("owner", "update tasks set assigned_by = OWNER", Attempts.Denied)]
    [InlineData("member", "update family_members set role = 'owner' where user_id = MEMBER", Attempts.Denied)]
    [InlineData("member", "update family_members set role = 'admin', display_name = 'Me' where user_id = MEMBER", Attempts.Denied)]
    [InlineData("member", "update family_members set display_name = 'You' where user_id = KIN", Attempts.Nothing)]
    [InlineData("member", "update family_members set role = 'member' where user_id = OWNER", Attempts.Nothing)]
    [InlineData("member", "delete from family_members where user_id = KIN", Attempts.Nothing)]
    [InlineData("member", "delete from family_members where user_id = MEMBER", Attempts.Something)]
    [InlineData("member", "insert into family_members (family_id, display_name, role) values (FAMILY, 'New', 'member')", Attempts.Denied)]
    [InlineData("member", "update families set name = 'Ours'", Attempts.Nothing)]
    [InlineData("admin", "update families set name = 'Ours'", Attempts.Something)]
    [InlineData("admin", "insert into family_members (family_id, display_name, role) values (FAMILY, 'New', 'admin')", Attempts.Something)]
    [InlineData("admin", "insert into family_members (family_id, display_name, role) values (FAMILY, 'New', 'owner')", Attempts.Denied)]
    [InlineData("admin", "insert into family_members (family_id, display_name, role) values (OTHER, 'New', 'member')", Attempts.Denied)]
    [InlineData("admin", "update family_members set role = 'admin' where user_id = KIN", Attempts.Something)]
    [InlineData("admin", "update family_members set role = 'owner' where user_id = KIN", Attempts.Denied)]
    [InlineData("admin", "update family_members set role = 'owner' where user_id = ADMIN", Attempts.Denied)]
    [InlineData("admin", "update family_members set role = 'member' where user_id = ADMIN", Attempts.Something)]
    [InlineData("admin", "update family_members set role = 'member' where user_id = OWNER", Attempts.Nothing)]
    [InlineData("admin", "update family_members set display_name = 'You' where user_id = OWNER", Attempts.Nothing)]
    [InlineData("admin", "delete from family_members where user_id = OWNER", Attempts.Nothing)]
    [InlineData("admin", "delete from family_members where user_id = KIN", Attempts.Something)]
    [InlineData("owner", "update family_members set role = 'owner' where user_id = KIN", Attempts.Something)]
    [InlineData("owner", "insert into family_members (family_id, display_name, role) values (FAMILY, 'New', 'owner')", Attempts.Something)]
    [InlineData("owner", "insert into family_members (family_id, user_id, display_name) values (FAMILY, STRANGER, 'Yours')", Attempts.Denied)]
    [InlineData("owner", "update family_members set user_id = STRANGER where user_id = KIN", Attempts.Denied)]
    [InlineData("owner", "delete from family_members where user_id = ADMIN", Attempts.Something)]
    [InlineData("owner", "delete from family_members where user_id = STRANGER", Attempts.Nothing)]
    [InlineData("owner", "delete from family_members where user_id = OWNER", LastOwner)]
    [InlineData("owner", "delete from family_members", LastOwner)]
    [InlineData("owner", "update family_members set role = 'member' where user_id = OWNER", LastOwner)]
    [InlineData("owner", "update family_members set role = case user_id when OWNER then 'member' else 'owner' end where user_id in (OWNER, KIN)", Attempts.Something)]
    [InlineData("owner", "update family_members set role = 'owner' where user_id = KIN; delete from family_members where user_id = OWNER", Attempts.Something)]
    [InlineData("owner", "delete from families", Attempts.Denied)]
    [InlineData("service", "delete from family_members where user_id = OWNER", LastOwner)]
    [InlineData("service", "update family_members set family_id = OTHER where user_id = OWNER", LastOwner)]
    [InlineData("service", "update family_members set role = 'admin' where user_id = OWNER", LastOwner)]
    [InlineData("service", "select from erase_family(FAMILY, 'operator', 'request')", Attempts.Something)]
    public async Task They_can_do_what_their_role_allows(string actor, string sql, string expected)
    {
        await using var attempts = await Actor.Of(actor, families.A, families.B).BeginAsync(families.Source);

        Assert.Equal(expected, await attempts.TryAsync(Named(sql)));
    }

    [Fact]
    public async Task Of_two_owners_who_leave_at_once_one_stays()
    {
        var (family, first, second) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await families.Database.ExecuteAsync("insert into families (id, name, timezone) values ($1, 'Two', 'UTC')", family);
        await families.Database.ExecuteAsync(
            "insert into family_members (family_id, user_id, display_name, role) values ($1, $2, 'First', 'owner'), ($1, $3, 'Second', 'owner')", family, first, second);
        await using var connection = await families.Source.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using var command = new NpgsqlCommand("set local role service_role; delete from family_members where user_id = '" + first + "'", connection);
        await command.ExecuteNonQueryAsync(Cancellation);

        await using var batch = families.App.AsMember(second).Add("delete from family_members where user_id = $1", second);
        var leaving = batch.ExecuteAsync(Cancellation);
        Assert.True(await families.Database.WaitForLockAsync(FamilyPaApp.Patience), "the second did not wait for the first");
        Assert.False(leaving.IsCompleted);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(LastOwner, (await Assert.ThrowsAsync<PostgresException>(() => leaving)).SqlState);
        Assert.Equal(second, await families.Database.ScalarAsync<Guid>("select user_id from family_members where family_id = $1", family));
    }

    [Fact]
    public async Task Whoever_was_removed_sees_nothing_from_then_on()
    {
        var guest = Guid.NewGuid();
        await families.Database.ExecuteAsync("insert into family_members (family_id, user_id, display_name) values ($1, $2, 'Guest')", families.A.Id, guest);
        await using (var before = families.App.AsMember(guest).Add("select count(*) from tasks"))
            Assert.True(await before.SingleAsync(row => row.GetInt64(0), Cancellation) > 0);

        await using (var removal = families.App.AsMember(families.A.Admin).Add("delete from family_members where user_id = $1", guest))
            Assert.Equal(1UL, await removal.ExecuteAsync(Cancellation));

        await using var after = families.App.AsMember(guest).Add("select (select count(*) from tasks) + (select count(*) from families) + (select count(*) from family_members)");
        Assert.Equal(0, await after.SingleAsync(row => row.GetInt64(0), Cancellation));
    }

    private string Named(string sql) => new (string Word, Guid Id)[]
        {
            ("FAMILY", families.A.Id), ("OTHER", families.B.Id), ("STRANGER", families.B.Member),
            ("OWNER", families.A.Owner), ("ADMIN", families.A.Admin), ("MEMBER", families.A.Member), ("KIN", families.A.Kin),
        }.Aggregate(sql, (text, name) => text.Replace(name.Word, $"'{name.Id}'", StringComparison.Ordinal));
}
