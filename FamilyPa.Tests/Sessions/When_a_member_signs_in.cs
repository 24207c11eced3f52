using FamilyPa.Core.Sessions;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Storage;
using FamilyPa.Local.App;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Options;
using Npgsql;
using AppSettings = FamilyPa.Core.Settings.AppSettings;

namespace FamilyPa.Tests.Sessions;

public sealed class When_a_member_signs_in(SessionApp app) : AppTest<SessionApp>(app)
{
    private const int Crowd = 50;

    [Fact]
    public async Task A_code_that_was_sent_to_the_phone_opens_a_session()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");

        var asked = await App.AskForCodeAsync($" {member.Phone[..5]} {member.Phone[5..8]}-{member.Phone[8..]} ");
        Assert.Equal((202, """{"expires_in_seconds":600}"""), (asked.Status, asked.Body));
        var code = await App.CodeAsync(member.Phone);
        var opened = await App.EnterAsync(member.Phone, $"{code[..3]} {code[3..]}");

        Assert.Equal(200, opened.Status);
        Assert.Equal((member.UserId.ToString(), member.Name, "owner"), (
            opened.Json.GetProperty("user").Text("user_id"), opened.Json.GetProperty("user").Text("name"), opened.Json.GetProperty("user").Text("role")));
        Assert.Equal("The Smiths", opened.Json.GetProperty("family").Text("name"));
        Assert.InRange(opened.Json.GetProperty("expires_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(29), DateTimeOffset.UtcNow.AddDays(31));
        var token = opened.Json.Text("token")!;
        var cookie = opened.Headers["Set-Cookie"];
        Assert.StartsWith($"familypa_session={token}; expires=", cookie, StringComparison.Ordinal);
        Assert.EndsWith("; path=/; samesite=lax; httponly", cookie, StringComparison.Ordinal);
        Assert.Equal("no-store", opened.Headers["Cache-Control"]);

        Assert.Equal(200, (await new MemberClient(App, token).GetAsync("/api/family")).Status);
        Assert.Equal(200, (await App.Nobody.GetAsync("/api/family", ("Cookie", $"familypa_session={token}"))).Status);
    }

    [Fact]
    public async Task A_strangers_number_is_answered_the_same_and_gets_nothing()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        var stranger = FamilyPaApp.NewPhone();

        var known = await App.AskForCodeAsync(member.Phone);
        var unknown = await App.AskForCodeAsync(stranger);

        Assert.Equal((known.Status, known.Body), (unknown.Status, unknown.Body));
        Assert.Equal(known.Headers.Keys.Order(), unknown.Headers.Keys.Order());
        await App.CodeAsync(member.Phone);
        // Both were worked on the same way, up to the point where there is nobody to send to.
        await App.WaitForAsync(WaitingAsync, waiting => waiting == 0, "both numbers to be looked up");
        Assert.Empty(App.SentTo(stranger));
        var wrong = await App.EnterAsync(member.Phone, "000000" == await App.CodeAsync(member.Phone) ? "000001" : "000000");
        var none = await App.EnterAsync(stranger, "000000");
        var never = await App.EnterAsync(FamilyPaApp.NewPhone(), "000000");
        Assert.Equal((401, "sign_in_refused"), (wrong.Status, wrong.Code()));
        Assert.All([none, never], answer => Assert.Equal((wrong.Status, Anonymous(wrong)), (answer.Status, Anonymous(answer))));
        // Nobody's number is kept once it was looked up.
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone is not null"));
    }

    [Fact]
    public async Task The_code_is_in_no_table_and_in_no_log()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.AskForCodeAsync(member.Phone);
        var code = await App.CodeAsync(member.Phone);
        var opened = await App.EnterAsync(member.Phone, code);

        foreach (var table in await App.Database.RowsAsync("select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"))
        {
            var rows = await App.Database.ScalarAsync<string?>($"select string_agg(t::text, ' ') from {table["name"]} t");
            Assert.DoesNotMatch($@"(?<!\d){code}(?!\d)", rows ?? "");
            Assert.DoesNotContain(opened.Json.Text("token")!, rows ?? "", StringComparison.Ordinal);
        }

        Assert.DoesNotMatch($@"(?<![\w.-]){code}(?![\w.-])", App.Log);
        Assert.DoesNotContain(member.Phone.TrimStart('+'), App.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(opened.Json.Text("token")!, App.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_wrong_codes_spend_the_right_one()
    {
        var (phone, code) = await AskedAsync();

        for (var i = 0; i < 5; i++)
            Assert.Equal(401, (await App.EnterAsync(phone, Other(code, i))).Status);

        Assert.Equal(401, (await App.EnterAsync(phone, code)).Status);
    }

    [Fact]
    public async Task Guessing_many_at_once_spends_it_too()
    {
        var (phone, code) = await AskedAsync();

        var answers = await AllAsync(i => App.EnterAsync(phone, Other(code, i)));

        Assert.All(answers, answer => Assert.Equal(401, answer.Status));
        Assert.Equal(401, (await App.EnterAsync(phone, code)).Status);
        Assert.Equal(5, await App.Database.ScalarAsync<int>("select max(tries) from login_codes"));
    }

    [Fact]
    public async Task A_code_opens_one_session_however_many_bring_it_at_once()
    {
        var (phone, code) = await AskedAsync();

        var answers = await AllAsync(_ => App.EnterAsync(phone, code));

        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.Equal(Crowd - 1, answers.Count(answer => answer.Status == 401));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from sessions s join family_members m using (user_id) where m.phone_e164 = $1", phone));
        Assert.Equal(401, (await App.EnterAsync(phone, code)).Status);
    }

    [Fact]
    public async Task A_code_is_worth_nothing_after_ten_minutes()
    {
        var (phone, code) = await AskedAsync();
        Assert.Equal(
            TimeSpan.FromMinutes(10), await App.Database.ScalarAsync<TimeSpan>("select date_trunc('second', expires_at - created_at) from login_codes order by created_at desc limit 1"));
        await App.Database.ExecuteAsync("update login_codes set expires_at = now() where expires_at > now()");

        Assert.Equal(401, (await App.EnterAsync(phone, code)).Status);
    }

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
        Assert.Equal(200, (await App.EnterAsync(member.Phone, newer)).Status);

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

    [Fact]
    public async Task The_code_before_the_newest_is_worth_nothing()
    {
        var (phone, code) = await AskedAsync();
        await App.Database.ExecuteAsync("update login_codes set created_at = created_at - interval '2 minutes' where phone_key = $1", Keys.OfPhone(phone));
        await App.AskForCodeAsync(phone);
        await App.CodeAsync(phone, after: 1);

        Assert.Equal(401, (await App.EnterAsync(phone, code)).Status);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64")]
    public async Task One_address_cannot_ask_for_ever(string address, string key)
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.Database.ExecuteAsync(
            "insert into sign_in_counts (scope, key, began_at, count) select 'codes_of_address', $1, date_bin('1 hour', now() + i * interval '1 hour', 'epoch'), 1000 from generate_series(0, 1) i",
            key);

        var limited = await App.AskForCodeAsync(member.Phone, ("X-Azure-ClientIP", address));
        Assert.Equal(202, limited.Status);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone_key = $1", Keys.OfPhone(member.Phone)));

        Assert.Equal(202, (await App.AskForCodeAsync(member.Phone, ("X-Azure-ClientIP", "203.0.113.8"))).Status);
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
        await App.Database.ExecuteAsync("delete from sign_in_counts where scope = 'codes_of_all'");
    }

    [Fact]
    public async Task One_address_cannot_try_for_ever()
    {
        var (phone, code) = await AskedAsync();
        await App.Database.ExecuteAsync(
            "insert into sign_in_counts (scope, key, began_at, count) select 'tries_of_address', '203.0.113.9', date_bin('10 minutes', now() + i * interval '10 minutes', 'epoch'), 1000 from generate_series(0, 1) i");

        var limited = await App.EnterAsync(phone, code, ("X-Azure-ClientIP", "203.0.113.9"));

        Assert.Equal((429, "too_many_tries", "600"), (limited.Status, limited.Code(), limited.Headers["Retry-After"]));
        Assert.Equal(200, (await App.EnterAsync(phone, code)).Status);
    }

    [Theory]
    [InlineData(null, null, "+")]
    [InlineData("whatsapp:", "1 hour", "whatsapp:+")]
    [InlineData("whatsapp:", "24 hours", "+")]
    [InlineData("", "1 hour", "+")]
    public async Task The_code_goes_where_the_member_last_wrote_from(string? channel, string? age, string expected)
    {
        var family = await App.AddFamilyAsync("owner");
        var member = family.Of("owner");
        if (channel is not null)
        {
            await App.Database.ExecuteAsync(
                $"""
                with seen as (update family_members set last_inbound_at = now() - interval '{age}' where user_id = $2)
                insert into inbound_messages (provider, message_sid, family_id, user_id, from_address, to_address, body) values ('twilio', $3, $1, $2, $4, $5, '')
                """,
                family.Id, member.UserId, FamilyPaApp.NewSid(), $"{channel}{member.Phone}", $"{channel}{DemoFamily.TwilioNumber}");
        }

        await App.AskForCodeAsync(member.Phone);
        await App.CodeAsync(member.Phone);

        var sent = Assert.Single(App.SentTo(member.Phone));
        Assert.Equal((expected + member.Phone[1..], expected + DemoFamily.TwilioNumber[1..]), (sent.To, sent.From));
    }

    [Fact]
    public async Task Who_opted_out_gets_no_code()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.Database.ExecuteAsync("update family_members set opted_out_at = now() where user_id = $1", member.UserId);

        Assert.Equal(202, (await App.AskForCodeAsync(member.Phone)).Status);

        await App.WaitForAsync(WaitingAsync, waiting => waiting == 0, "the number to be looked up");
        Assert.Empty(App.SentTo(member.Phone));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone_key = $1 and code_hash is not null", Keys.OfPhone(member.Phone)));
    }

    [Theory]
    [InlineData("""{"phone":"07700900123"}""", "phone")]
    [InlineData("""{"phone":"+44' or 1=1 --"}""", "phone")]
    [InlineData("""{"phone":null}""", "phone")]
    [InlineData("""{"phone":["+447700900123"]}""", "phone")]
    [InlineData("""{"phone":"+447700900123","role":"owner"}""", "role")]
    [InlineData("{}", "phone")]
    public async Task What_is_no_number_is_a_clear_400(string body, string field)
    {
        var answer = await App.Nobody.PostAsync("/api/session/code", body);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code()));
        Assert.Equal([field], answer.WrongFields());
    }

    [Fact]
    public async Task A_link_opens_one_session_however_many_tap_it_at_once()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var member = family.Of("member");
        var link = await LinkAsync(family.Id, member.UserId);
        Assert.StartsWith($"{App.BaseUrl}/board/sign-in?link=", link.AbsoluteUri, StringComparison.Ordinal);
        var token = link.Query["?link=".Length..];

        var answers = await AllAsync(_ => App.Nobody.PostAsync("/api/session", new { link = token }));

        var opened = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(member.UserId.ToString(), opened.Json.GetProperty("user").Text("user_id"));
        Assert.Equal(Crowd - 1, answers.Count(answer => (answer.Status, answer.Code()) == (401, "sign_in_refused")));
        Assert.DoesNotContain(token, await App.Database.ScalarAsync<string>("select string_agg(l::text, ' ') from login_links l"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_worth_nothing_when_it_is_old_or_made_up_or_its_member_gone()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var old = (await LinkAsync(family.Id, family.Of("owner").UserId)).Query["?link=".Length..];
        Assert.Equal(TimeSpan.FromMinutes(15), await App.Database.ScalarAsync<TimeSpan>("select date_trunc('second', expires_at - created_at) from login_links where family_id = $1", family.Id));
        await App.Database.ExecuteAsync("update login_links set expires_at = now() where family_id = $1", family.Id);
        var gone = (await LinkAsync(family.Id, family.Of("member").UserId)).Query["?link=".Length..];
        await App.Database.ExecuteAsync("delete from family_members where user_id = $1", family.Of("member").UserId);

        foreach (var link in (string[])[old, gone, old[..^1], old + "A", "'; drop table sessions; --", new string('A', 43)])
        {
            var answer = await App.Nobody.PostAsync("/api/session", new { link });
            Assert.Equal((401, "sign_in_refused"), (answer.Status, answer.Code()));
        }
    }

    private static SessionKeys Keys { get; } = new(Options.Create(new AppSettings { SessionSigningKey = FamilyPaApp.SessionSigningKey }));

    private async Task<(string Phone, string Code)> AskedAsync()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.AskForCodeAsync(member.Phone);
        return (member.Phone, await App.CodeAsync(member.Phone));
    }

    private async Task<Uri> LinkAsync(Guid familyId, Guid userId)
    {
        await using var source = NpgsqlDataSource.Create(App.Database.AppConnectionString);
        return await new LoginLinks(new Database(source), Options.Create(new AppSettings { PublicBaseUrl = App.BaseUrl }), Options.Create(new SignInSettings()))
            .CreateAsync(userId, familyId, Cancellation);
    }

    private Task<long> WaitingAsync() => App.Database.ScalarAsync<long>("select count(*) from login_codes where phone is not null");

    private static Task<Answer[]> AllAsync(Func<int, Task<Answer>> act) => Task.WhenAll(Enumerable.Range(0, Crowd).Select(act));

    private static string Other(string code, int i) => ((int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) + 1 + i) % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);

    private static string Anonymous(Answer answer) => answer.Body.Replace(answer.Json.Text("request_id")!, "", StringComparison.Ordinal);
}
