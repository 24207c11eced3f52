namespace FamilyPa.Tests.Sessions;

public sealed partial class When_a_member_signs_in
{
    [Fact]
    public async Task Five_wrong_codes_spend_the_right_one()
    {
        var (phone, code) = await AskedAsync();

        for (var i = 0; i < 5; i++)
            Assert.Equal(401, (await App.AuthenticateAsync(phone, Other(code, i))).Status);

        Assert.Equal(401, (await App.AuthenticateAsync(phone, code)).Status);
    }

    [Fact]
    public async Task Guessing_many_at_once_spends_it_too()
    {
        var (phone, code) = await AskedAsync();

        var answers = await AllAsync(i => App.AuthenticateAsync(phone, Other(code, i)));

        Assert.All(answers, answer => Assert.Equal(401, answer.Status));
        Assert.Equal(401, (await App.AuthenticateAsync(phone, code)).Status);
        Assert.Equal(5, await App.Database.ScalarAsync<int>("select max(tries) from login_codes"));
    }

    [Fact]
    public async Task A_code_opens_one_session_however_many_bring_it_at_once()
    {
        var (phone, code) = await AskedAsync();

        var answers = await AllAsync(_ => App.AuthenticateAsync(phone, code));

        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.Equal(Crowd - 1, answers.Count(answer => answer.Status == 401));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from sessions s join family_members m using (user_id) where m.phone_e164 = $1", phone));
        Assert.Equal(401, (await App.AuthenticateAsync(phone, code)).Status);
    }

    [Fact]
    public async Task A_code_is_worth_nothing_after_ten_minutes()
    {
        var (phone, code) = await AskedAsync();
        Assert.Equal(
            TimeSpan.FromMinutes(10), await App.Database.ScalarAsync<TimeSpan>("select date_trunc('second', expires_at - created_at) from login_codes order by created_at desc limit 1"));
        await App.Database.ExecuteAsync("update login_codes set expires_at = now() where expires_at > now()");

        Assert.Equal(401, (await App.AuthenticateAsync(phone, code)).Status);
    }

    [Fact]
    public async Task The_code_before_the_newest_is_worth_nothing()
    {
        var (phone, code) = await AskedAsync();
        await App.Database.ExecuteAsync("update login_codes set created_at = created_at - interval '2 minutes' where phone_key = $1", Keys.OfPhone(phone));
        await App.AskForCodeAsync(phone);
        await App.CodeAsync(phone, after: 1);

        Assert.Equal(401, (await App.AuthenticateAsync(phone, code)).Status);
    }
}
