using FamilyPa.Core.SignIn;
using FamilyPa.Local.App;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Extensions.Options;
using AppSettings = FamilyPa.Core.Settings.AppSettings;

namespace FamilyPa.Tests.Sessions;

public sealed partial class When_a_member_signs_in(SessionApp app) : AppTest<SessionApp>(app)
{
    private const int Crowd = 50;

    [Fact]
    public async Task A_code_that_was_sent_to_the_phone_opens_a_session()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");

        var asked = await App.AskForCodeAsync($" {member.Phone[..5]} {member.Phone[5..8]}-{member.Phone[8..]} ");
        Assert.Equal((202, """{"expires_in_seconds":600}"""), (asked.Status, asked.Body));
        var code = await App.CodeAsync(member.Phone);
        var opened = await App.AuthenticateAsync(member.Phone, $"{code[..3]} {code[3..]}");

        Assert.Equal(200, opened.Status);
        Assert.Equal((member.UserId.ToString(), member.Name, "owner"), (
            opened.Json.GetProperty("user").Text("user_id"), opened.Json.GetProperty("user").Text("name"), opened.Json.GetProperty("user").Text("role")));
        Assert.Equal("The Smiths", opened.Json.GetProperty("family").Text("name"));
        Assert.InRange(opened.Json.GetProperty("expires_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(29), DateTimeOffset.UtcNow.AddDays(31));
        var token = opened.Json.Text("token")!;
        var cookie = opened.Headers["Set-Cookie"];
        Assert.StartsWith($"__Host-familypa_session={token}; expires=", cookie, StringComparison.Ordinal);
        Assert.EndsWith("; path=/; secure; samesite=lax; httponly", cookie, StringComparison.Ordinal);
        Assert.Equal("no-store", opened.Headers["Cache-Control"]);

        Assert.Equal(200, (await new MemberClient(App, token).GetAsync("/api/family")).Status);
        Assert.Equal(200, (await App.Nobody.GetAsync("/api/family", ("Cookie", $"__Host-familypa_session={token}"))).Status);
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
        var wrong = await App.AuthenticateAsync(member.Phone, "000000" == await App.CodeAsync(member.Phone) ? "000001" : "000000");
        var none = await App.AuthenticateAsync(stranger, "000000");
        var never = await App.AuthenticateAsync(FamilyPaApp.NewPhone(), "000000");
        Assert.Equal((401, "sign_in_refused"), (wrong.Status, wrong.Code()));
        Assert.All([none, never], answer => Assert.Equal((wrong.Status, Anonymous(wrong)), (answer.Status, Anonymous(answer))));
        // Nobody's number is kept once it was looked up.
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from login_codes where phone is not null"));
    }

    [Fact]
    public async Task Asking_does_nothing_that_depends_on_whose_number_it_is()
    {
        // What would tell by its time, or by what it locks, is not even looked at before the answer.
        var body = await App.Database.ScalarAsync<string>("select prosrc from pg_proc where proname = 'request_code'");

        Assert.Contains("insert into login_codes", body, StringComparison.Ordinal);
        Assert.DoesNotContain("family", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_code_is_in_no_table_and_in_no_log()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.AskForCodeAsync(member.Phone);
        var code = await App.CodeAsync(member.Phone);
        var opened = await App.AuthenticateAsync(member.Phone, code);

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
    public async Task The_message_with_the_code_is_stored_without_it_and_sent_once()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.AskForCodeAsync(member.Phone);
        var code = await App.CodeAsync(member.Phone);
        var sent = Assert.Single(App.SentTo(member.Phone));
        await App.WaitForAsync(WaitingAsync, waiting => waiting == 0, "the result");
        var stored = Assert.Single(await App.Database.RowsAsync("select status, provider_sid, body from outbound_messages where kind = 'code' and to_address = $1", member.Phone));
        Assert.Equal(("sent", sent.Sid, sent.Body.Replace(code, "••••••", StringComparison.Ordinal)), (stored["status"], stored["provider_sid"], stored["body"]));

        // As if the process had died after Twilio had it: the queue message is delivered again.
        var id = await App.Database.ScalarAsync<Guid>("update login_codes set phone = $2 where user_id = $1 returning id", member.UserId, member.Phone);
        await App.Database.ExecuteAsync("update outbound_messages set status = 'sending' where kind = 'code' and to_address = $1", member.Phone);
        await App.Storage.Queue("notifications").SendMessageAsync($$"""{"kind":"code","id":"{{id}}"}""", Cancellation);
        await App.WaitForAsync(WaitingAsync, waiting => waiting == 0, "the queue message to be read");

        Assert.Equal("uncertain", await App.Database.ScalarAsync<string>("select status from outbound_messages where kind = 'code' and to_address = $1", member.Phone));
        Assert.Single(App.SentTo(member.Phone));
        Assert.Equal(200, (await App.AuthenticateAsync(member.Phone, code)).Status);
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

    private static SessionKeys Keys { get; } = new(Options.Create(new AppSettings { SessionSigningKey = FamilyPaApp.SessionSigningKey }));

    private async Task<(string Phone, string Code)> AskedAsync()
    {
        var member = (await App.AddFamilyAsync("owner")).Of("owner");
        await App.AskForCodeAsync(member.Phone);
        return (member.Phone, await App.CodeAsync(member.Phone));
    }

    private Task<long> WaitingAsync() => App.Database.ScalarAsync<long>("select count(*) from login_codes where phone is not null");

    private static Task<Answer[]> AllAsync(Func<int, Task<Answer>> act) => Task.WhenAll(Enumerable.Range(0, Crowd).Select(act));

    private static string Other(string code, int i) => ((int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) + 1 + i) % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);

    private static string Anonymous(Answer answer) => answer.Body.Replace(answer.Json.Text("request_id")!, "", StringComparison.Ordinal);
}
