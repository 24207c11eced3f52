using FamilyPa.Tests.Admin;

namespace FamilyPa.Tests.Sessions;

public sealed partial class When_a_member_signs_in
{
    [Fact]
    public async Task Asking_again_too_soon_is_answered_the_same_and_sends_nothing()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");

        var answers = await AllAsync(_ => App.AskForCodeAsync(member.Phone));

        Assert.All(answers, answer => Assert.Equal((202, """{"expires_in_seconds":600}"""), (answer.Status, answer.Body)));
        await App.CodeAsync(member.Phone);
        Assert.Equal(1, await CountAsync());
        await AgeAsync("1 minute");
        await App.AskForCodeAsync(member.Phone);
        var newer = await App.CodeAsync(member.Phone, after: 1);
        Assert.Equal(2, App.SentTo(member.Phone).Count);
        Assert.Equal(200, (await App.AuthenticateAsync(member.Phone, newer)).Status);

        // Five an hour, ten a day.
        foreach (var (age, expected) in ((string, long)[])[("1 minute", 3), ("1 minute", 4), ("1 minute", 5), ("1 minute", 5), ("1 hour", 6)])
        {
            await AgeAsync(age);
            await App.AskForCodeAsync(member.Phone);
            Assert.Equal(expected, await CountAsync());
        }

        await App.Database.ExecuteAsync(
            "insert into login_codes (id, phone_key, expires_at, created_at) select gen_random_uuid(), phone_key, now(), now() - interval '2 hours' from login_codes c, generate_series(1, 4) where c.user_id = $1 and c.used_at is not null", member.UserId);
        await AgeAsync("1 minute");
        await App.AskForCodeAsync(member.Phone);
        Assert.Equal(10, await CountAsync());

        Task<long> CountAsync() => App.Database.ScalarAsync<long>("select count(*) from login_codes where phone_key = $1", Keys.OfPhone(member.Phone));
        Task<int> AgeAsync(string by) => App.Database.ExecuteAsync($"update login_codes set created_at = created_at - interval '{by}' where phone_key = $1", Keys.OfPhone(member.Phone));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.10:49828", "203.0.113.10")]
    [InlineData("[2001:db8:1:3:aaaa:bbbb:cccc:dddd]:49828", "2001:db8:1:3::/64")]
    [InlineData("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64")]
    public async Task One_address_cannot_ask_for_ever(string address, string key)
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.Database.ExecuteAsync(
            "insert into sign_in_counts (scope, key, began_at, count) select 'codes_of_address', $1, date_bin('1 hour', now() + i * interval '1 hour', 'epoch'), 1000 from generate_series(0, 1) i",
            key);

        var limited = await App.AskForCodeAsync(member.Phone, ("Client-IP", address));
        Assert.Equal(202, limited.Status);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone_key = $1", Keys.OfPhone(member.Phone)));

        // Only the platform says who calls.
        await App.AskForCodeAsync(member.Phone, ("Client-IP", address), ("X-Azure-ClientIP", "203.0.113.8"), ("X-Forwarded-For", "203.0.113.8"));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone_key = $1", Keys.OfPhone(member.Phone)));

        Assert.Equal(202, (await App.AskForCodeAsync(member.Phone, ("Client-IP", "203.0.113.8"))).Status);
        await App.CodeAsync(member.Phone);
    }

    [Fact]
    public async Task All_together_cannot_have_codes_for_ever()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.Database.ExecuteAsync(
            "insert into sign_in_counts (scope, key, began_at, count) select 'codes_of_all', '', date_bin('1 hour', now() + i * interval '1 hour', 'epoch'), 300 from generate_series(0, 1) i on conflict (scope, key, began_at) do update set count = 300");

        Assert.Equal(202, (await App.AskForCodeAsync(member.Phone)).Status);

        await App.WaitForAsync(WaitingAsync, waiting => waiting == 0, "the number to be looked up");
        Assert.Empty(App.SentTo(member.Phone));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone_key = $1 and code_hash is not null", Keys.OfPhone(member.Phone)));
        await App.Database.ExecuteAsync("delete from sign_in_counts where scope = 'codes_of_all'");
    }

    [Fact]
    public async Task One_address_cannot_try_for_ever()
    {
        var (phone, code) = await AskedAsync();
        await App.Database.ExecuteAsync(
            "insert into sign_in_counts (scope, key, began_at, count) select 'tries_of_address', '203.0.113.9', date_bin('10 minutes', now() + i * interval '10 minutes', 'epoch'), 1000 from generate_series(0, 1) i");

        var limited = await App.AuthenticateAsync(phone, code, ("Client-IP", "203.0.113.9"));

        Assert.Equal((429, "too_many_tries", "600"), (limited.Status, limited.Code(), limited.Headers["Retry-After"]));
        Assert.Equal(200, (await App.AuthenticateAsync(phone, code)).Status);
    }
}
