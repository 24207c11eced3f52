using FamilyPa.Core.Storage;
using Npgsql;

namespace FamilyPa.Tests.RowSecurity;

public sealed class When_a_member_writes_on_the_board(TwoFamilies families) : IClassFixture<TwoFamilies>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_task_is_by_whoever_wrote_it_whatever_they_say()
    {
        var id = await AddAsync(families.A.Member, ", created_by", $", '{families.A.Owner}'");

        Assert.Equal(families.A.Member, await families.Database.ScalarAsync<Guid>("select created_by from tasks where id = $1", id));
        await RefusedAsync(families.A.Member, "update tasks set created_by = $2 where id = $1", id, families.A.Owner);
        await RefusedAsync(families.A.Owner, "update tasks set created_by = $2 where id = $1", id, families.A.Owner);
    }

    [Fact]
    public async Task The_pipeline_says_whose_message_it_was()
    {
        await using var batch = families.App.AsService().Add(
            "insert into tasks (family_id, title, created_by) values ($1, 'spoken', $2) returning created_by", families.A.Id, families.A.Kin);

        Assert.Equal(families.A.Kin, await batch.SingleAsync(row => row.GetGuid(0), Cancellation));
    }

    [Fact]
    public async Task Every_change_makes_a_new_version()
    {
        var id = await AddAsync(families.A.Member);
        var added = await families.Database.ScalarAsync<DateTime>("select updated_at from tasks where id = $1", id);

        await ChangeAsync(families.A.Kin, "update tasks set title = 'Bread' where id = $1", id);
        await using (var batch = families.App.AsService().Add("update tasks set notes = 'brown', version = 17, updated_at = 'epoch' where id = $1", id))
            await batch.ExecuteAsync(Cancellation);

        var row = Assert.Single(await families.Database.RowsAsync("select version, updated_at from tasks where id = $1", id));
        Assert.Equal(3, row["version"]);
        Assert.True((DateTime)row["updated_at"]! > added);
        await RefusedAsync(families.A.Owner, "update tasks set version = 1 where id = $1", id);
        await RefusedAsync(families.A.Owner, "update tasks set updated_at = now() where id = $1", id);
    }

    [Fact]
    public async Task It_is_noted_when_a_task_was_done()
    {
        var id = await AddAsync(families.A.Member);
        Assert.Null(await CompletedAsync(id));

        await ChangeAsync(families.A.Member, "update tasks set status = 'done' where id = $1", id);
        var done = await CompletedAsync(id);
        Assert.NotNull(done);
        await ChangeAsync(families.A.Member, "update tasks set title = 'Was bread' where id = $1", id);
        Assert.Equal(done, await CompletedAsync(id));
        await ChangeAsync(families.A.Member, "update tasks set status = 'open' where id = $1", id);
        Assert.Null(await CompletedAsync(id));
        Assert.NotNull(await CompletedAsync(await AddAsync(families.A.Member, ", status", ", 'done'")));
    }

    [Fact]
    public async Task Only_their_own_and_for_admins_anybodys_can_be_deleted()
    {
        var own = await AddAsync(families.A.Member);
        var another = await AddAsync(families.A.Kin);
        var third = await AddAsync(families.A.Kin);
        var theirs = await AddAsync(families.B.Member);

        Assert.Equal(0UL, await DeleteAsync(families.A.Member, another));
        Assert.Equal(1UL, await DeleteAsync(families.A.Member, own));
        Assert.Equal(1UL, await DeleteAsync(families.A.Admin, another));
        Assert.Equal(1UL, await DeleteAsync(families.A.Owner, third));
        Assert.Equal(0UL, await DeleteAsync(families.A.Owner, theirs));
    }

    [Fact]
    public async Task What_somebody_wrote_before_they_left_is_theirs_no_more()
    {
        var guest = Guid.NewGuid();
        await families.Database.ExecuteAsync("insert into family_members (family_id, user_id, display_name) values ($1, $2, 'Guest')", families.A.Id, guest);
        var id = await AddAsync(guest, ", assignee", $", '{guest}'");
        await families.Database.ExecuteAsync("delete from family_members where user_id = $1", guest);

        Assert.Equal(0UL, await DeleteAsync(guest, id));
        var row = Assert.Single(await families.Database.RowsAsync("select assignee, version from tasks where id = $1", id));
        Assert.Equal((null, 2), (row["assignee"], row["version"]));
    }

    [Fact]
    public async Task Nobody_of_another_family_is_assigned()
    {
        var error = await Assert.ThrowsAsync<PostgresException>(() => AddAsync(families.A.Owner, ", assignee", $", '{families.B.Owner}'"));

        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, error.SqlState);
        error = await Assert.ThrowsAsync<PostgresException>(() => AddAsync(families.A.Owner, ", assignees", $", array['{families.A.Member}', '{families.B.Owner}']::uuid[]"));

        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, error.SqlState);
    }

    [Fact]
    public async Task Who_leaves_is_in_no_list_of_assignees_also_when_both_happen_at_once()
    {
        for (var i = 0; i < 10; i++)
        {
            var guest = Guid.NewGuid();
            await families.Database.ExecuteAsync("insert into family_members (family_id, user_id, display_name) values ($1, $2, 'Guest')", families.A.Id, guest);
            var adding = Record.ExceptionAsync(() => AddAsync(families.A.Owner, ", assignees", $", array['{families.A.Member}', '{guest}']::uuid[]"));
            await families.Database.ExecuteAsync("delete from family_members where user_id = $1", guest);
            var refused = await adding;

            Assert.True(refused is null or PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation }, refused?.ToString());
            Assert.False(await families.Database.ScalarAsync<bool>("select exists (select from tasks where $1 = any (assignees))", guest));
        }
    }

    [Fact]
    public async Task The_place_of_a_message_that_is_still_to_come_cannot_be_taken()
    {
        await RefusedAsync(families.A.Owner, "insert into tasks (family_id, title, source_message_sid, ordinal) values ($1, 'x', 'SM1', 0)", families.A.Id);
        await RefusedAsync(families.A.Owner, "update tasks set source_message_sid = 'SM1' where family_id = $1", families.A.Id);
    }

    [Fact]
    public async Task No_task_changes_families()
    {
        var id = await AddAsync(families.A.Member);

        await RefusedAsync(families.A.Owner, "update tasks set family_id = $2 where id = $1", id, families.B.Id);
        await RefusedAsync(families.B.Owner, "update tasks set family_id = $2 where id = $1", id, families.B.Id);
        await using var batch = families.App.AsService().Add("update tasks set family_id = $2 where id = $1", id, families.B.Id);
        await RefusedAsync(batch);
    }

    [Fact]
    public async Task Somebody_in_two_families_keeps_them_apart()
    {
        var both = Guid.NewGuid();
        await families.Database.ExecuteAsync(
            "insert into family_members (family_id, user_id, display_name, role) values ($1, $3, 'Both', 'owner'), ($2, $3, 'Both', 'member')", families.A.Id, families.B.Id, both);
        var here = await AddAsync(families.A.Kin);
        var there = await AddAsync(families.B.Kin);

        Assert.Equal(1UL, await DeleteAsync(both, here));
        Assert.Equal(0UL, await DeleteAsync(both, there));
        await families.Database.ExecuteAsync("delete from family_members where user_id = $1", both);
    }

    [Fact]
    public async Task A_number_of_two_families_shows_neither_to_the_others_members()
    {
        const string phone = "+447700900991";
        foreach (var family in new[] { families.A, families.B })
            await families.Database.ExecuteAsync("insert into family_members (family_id, display_name, phone_e164) values ($1, 'Both', $2)", family.Id, phone);
        var both = await families.Database.ScalarAsync<Guid>("select distinct user_id from family_members where phone_e164 = $1", phone);
        await families.Database.ExecuteAsync(
            "insert into sessions (id, family_id, user_id, expires_at) values ($2, $1, $2, now() + interval '1 day'), ($3, $1, $3, now() + interval '1 day')", families.A.Id, both, families.A.Kin);

        Assert.Equal((2L, true, families.B.Id), await SeenAsync(both));
        Assert.Equal((1L, false, families.A.Id), await SeenAsync(families.A.Kin));
        await families.Database.ExecuteAsync("delete from family_members where user_id = $1", both);
        await families.Database.ExecuteAsync("delete from sessions where id = $1", families.A.Kin);

        async Task<(long, bool, Guid)> SeenAsync(Guid user)
        {
            await using var batch = families.App.AsMember(user, user).Add("select show_family($1)", families.B.Id);
            var shown = await batch.SingleAsync(row => row.GetBoolean(0), Cancellation);
            await using var after = families.App.AsMember(user, user).Add("select (select count(*) from families), my_family()");
            return await after.SingleAsync(row => (row.GetInt64(0), shown, row.GetGuid(1)), Cancellation);
        }
    }

    private async Task<Guid> AddAsync(Guid user, string columns = "", string values = "")
    {
        await using var batch = families.App.AsMember(user).Add(
            $"insert into tasks (family_id, title{columns}) select family_id, 'Milk'{values} from family_members where user_id = $1 returning id", user);
        return await batch.SingleAsync(row => row.GetGuid(0), Cancellation);
    }

    private async Task ChangeAsync(Guid user, string sql, Guid task)
    {
        await using var batch = families.App.AsMember(user).Add(sql, task);
        Assert.Equal(1UL, await batch.ExecuteAsync(Cancellation));
    }

    private async Task<ulong> DeleteAsync(Guid user, Guid task)
    {
        await using var batch = families.App.AsMember(user).Add("delete from tasks where id = $1", task);
        return await batch.ExecuteAsync(Cancellation);
    }

    private Task<DateTime?> CompletedAsync(Guid task) => families.Database.ScalarAsync<DateTime?>("select completed_at from tasks where id = $1", task);

    private async Task RefusedAsync(Guid user, string sql, params object[] values)
    {
        await using var batch = families.App.AsMember(user).Add(sql, values);
        await RefusedAsync(batch);
    }

    private static async Task RefusedAsync(DatabaseBatch batch) => Assert.Equal(
        PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteAsync(Cancellation))).SqlState);
}
