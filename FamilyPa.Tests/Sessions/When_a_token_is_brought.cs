using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using FamilyPa.Core.SignIn;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.FamilyApi;
using FamilyPa.Tests.Infrastructure;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Tests.Sessions;

public sealed class When_a_token_is_brought(SessionApp app) : AppTest<SessionApp>(app)
{
    [Fact]
    public async Task Every_route_of_members_refuses_what_is_not_a_members_session()
    {
        var bad = await BadTokensAsync();
        Assert.True(Route.Members.Count() >= 12, "routes");

        foreach (var route in Route.Members)
        {
            foreach (var (kind, token) in bad)
            {
                var answer = await new MemberClient(App, token).SendAsync(route.Method, route.With(Guid.NewGuid()), route.Body);
                Assert.True(answer.Status == 401 && answer.Code() == "unauthorized", $"{route} with token {kind}: {answer.Status} {answer.Body}");
                Assert.Equal("application/problem+json", answer.ContentType);
            }
        }
    }

    [Fact]
    public async Task Whose_session_it_is_is_read_from_the_bearer_before_the_cookie()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var (owner, member) = (await App.TokenAsync(family.Of("owner").UserId), await App.TokenAsync(family.Of("member").UserId));

        var answer = await new MemberClient(App, owner).GetAsync("/api/family", ("Cookie", $"__Host-familypa_session={member}"));
        Assert.Equal("owner", answer.Json.GetProperty("me").Text("role"));
        // A bad bearer is not helped by a good cookie.
        Assert.Equal(401, (await new MemberClient(App, "x").GetAsync("/api/family", ("Cookie", $"__Host-familypa_session={member}"))).Status);
        Assert.Equal(401, (await App.Nobody.GetAsync("/api/family", ("Authorization", $"Basic {owner}"), ("Cookie", $"__Host-familypa_session={member}"))).Status);
    }

    [Fact]
    public async Task A_write_with_a_cookie_comes_from_our_own_pages_only()
    {
        var family = await App.AddFamilyAsync("owner");
        var cookie = ("Cookie", $"__Host-familypa_session={await App.TokenAsync(family.Of("owner").UserId)}");

        foreach (var route in Route.Members.Where(route => route.Method != "GET"))
        {
            var answer = await App.Nobody.SendAsync(route.Method, route.With(Guid.NewGuid()), route.Body, cookie);
            Assert.True((403, "cross_site") == (answer.Status, answer.Code()), $"{route}: {answer.Status}");
        }

        Assert.Equal(200, (await App.Nobody.GetAsync("/api/tasks", cookie)).Status);
        Assert.Equal(201, (await App.Nobody.PostAsync("/api/tasks", new { title = "ours" }, cookie, ("X-Requested-With", "familypa"))).Status);
        // As a form of another site would send it.
        using var form = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = new StringContent("""{"link":"x"}""", Encoding.UTF8, "text/plain") };
        using var refused = await App.Http.SendAsync(form, Cancellation);
        Assert.Equal(415, (int)refused.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_at_once_and_the_browser_forgets_it()
    {
        var family = await App.AddFamilyAsync("owner");
        var (client, other) = (await App.SignInAsync(family.Of("owner")), await App.SignInAsync(family.Of("owner")));

        var answer = await client.DeleteAsync("/api/session");

        Assert.Equal(204, answer.Status);
        Assert.StartsWith("__Host-familypa_session=; expires=Thu, 01 Jan 1970", answer.Headers["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal(401, (await client.GetAsync("/api/family")).Status);
        Assert.Equal(200, (await other.GetAsync("/api/family")).Status);
        Assert.Equal(204, (await App.Nobody.DeleteAsync("/api/session", ("Cookie", $"__Host-familypa_session={other.Token}"), ("X-Requested-With", "familypa"))).Status);
        Assert.Equal(401, (await other.GetAsync("/api/family")).Status);
    }

    [Fact]
    public async Task An_operator_can_sign_a_member_out_everywhere()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var (first, second, bystander) = (await App.SignInAsync(family.Of("member")), await App.SignInAsync(family.Of("member")), await App.SignInAsync(family.Of("owner")));
        var path = $"/api/admin/families/{family.Id}/members/{family.Of("member").UserId}/sessions";

        Assert.Equal(401, (await App.Nobody.DeleteAsync(path)).Status);
        using var response = await App.Operator.DeleteAsync(path, Cancellation);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((200, """{"ended":2}"""), (answer.Status, answer.Body));
        Assert.All([await first.GetAsync("/api/family"), await second.GetAsync("/api/family")], ended => Assert.Equal(401, ended.Status));
        Assert.Equal(200, (await bystander.GetAsync("/api/family")).Status);
        using var unknown = await App.Operator.DeleteAsync($"/api/admin/families/{Guid.NewGuid()}/members/{family.Of("member").UserId}/sessions", Cancellation);
        Assert.Equal(404, (int)unknown.StatusCode);
    }

    [Fact]
    public async Task Both_keys_verify_while_they_are_rotated()
    {
        var family = await App.AddFamilyAsync("owner");

        Assert.Equal(200, (await new MemberClient(App, await App.TokenAsync(family.Of("owner").UserId, SessionApp.NextKey)).GetAsync("/api/family")).Status);
        Assert.Equal(401, (await new MemberClient(App, await App.TokenAsync(family.Of("owner").UserId, "a-key-that-was-taken-out-of-use-0123456789")).GetAsync("/api/family")).Status);
    }

    [Fact]
    public async Task An_outside_issuers_token_lets_a_member_in()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var client = new MemberClient(App, App.Issuer.Token(family.Of("member").UserId));

        var answer = await client.GetAsync("/api/family");

        Assert.Equal((200, family.Of("member").UserId.ToString()), (answer.Status, answer.Json.GetProperty("me").Text("user_id")));
        Assert.Equal(201, (await client.PostAsync("/api/tasks", new { title = "from outside" })).Status);
        await App.Database.ExecuteAsync("delete from family_members where user_id = $1", family.Of("member").UserId);
        Assert.Equal(401, (await client.GetAsync("/api/family")).Status);
    }

    [Fact]
    public async Task An_outside_issuers_access_token_is_one_by_its_scope_or_by_its_client_too()
    {
        var user = (await App.AddFamilyAsync("owner")).Of("owner").UserId;

        foreach (var claims in (Dictionary<string, object>[])[new() { ["scp"] = "tasks" }, new() { ["scope"] = "tasks" }, new() { ["azp"] = "a client" }, new() { ["client_id"] = "a client" }])
            Assert.Equal(200, (await new MemberClient(App, App.Issuer.Token(user, type: "JWT", claims: claims)).GetAsync("/api/family")).Status);
    }

    [Fact]
    public async Task Signing_out_ends_an_outside_session_and_no_other()
    {
        var user = (await App.AddFamilyAsync("owner")).Of("owner").UserId;
        var (first, renewed, other) = (OfSession("one"), OfSession("one"), OfSession("two"));

        // Even one that was never used.
        Assert.Equal(204, (await first.DeleteAsync("/api/session")).Status);

        Assert.All([await first.GetAsync("/api/family"), await renewed.GetAsync("/api/family"), await first.DeleteAsync("/api/session")], ended => Assert.Equal(401, ended.Status));
        Assert.Equal(200, (await other.GetAsync("/api/family")).Status);

        MemberClient OfSession(string session) => new(App, App.Issuer.Token(user, claims: new() { ["sid"] = session, ["jti"] = Guid.NewGuid().ToString() }));
    }

    [Fact]
    public async Task An_operator_ends_outside_sessions_and_every_token_issued_before()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var user = family.Of("member").UserId;
        var (used, unused, bystander) = (App.Issuer.Token(user), App.Issuer.Token(user, claims: new() { ["jti"] = "another" }), App.Issuer.Token(family.Of("owner").UserId));
        var ofSession = App.Issuer.Token(user, claims: new() { ["sid"] = "one" });
        foreach (var token in (string[])[used, ofSession, bystander])
            Assert.Equal(200, (await new MemberClient(App, token).GetAsync("/api/family")).Status);

        using var response = await App.Operator.DeleteAsync($"/api/admin/families/{family.Id}/members/{user}/sessions", Cancellation);

        Assert.Equal("""{"ended":2}""", await response.Content.ReadAsStringAsync(Cancellation));
        foreach (var token in (string[])[used, unused, ofSession, App.Issuer.Token(user, claims: new() { ["sid"] = "one" }, age: TimeSpan.FromMinutes(-1))])
            Assert.Equal(401, (await new MemberClient(App, token).GetAsync("/api/family")).Status);
        Assert.Equal(200, (await new MemberClient(App, bystander).GetAsync("/api/family")).Status);
        // Signed in again.
        Assert.Equal(200, (await new MemberClient(App, App.Issuer.Token(user, age: TimeSpan.FromMinutes(-1))).GetAsync("/api/family")).Status);
    }

    private async Task<IReadOnlyList<(string Kind, string? Token)>> BadTokensAsync()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var user = family.Of("owner").UserId;
        var good = await App.TokenAsync(user);
        Assert.Equal(200, (await new MemberClient(App, good).GetAsync("/api/family")).Status);
        var parts = good.Split('.');
        var session = Guid.Parse(new JsonWebToken(good).GetClaim("sid").Value);
        var other = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("somebody-elses-session-signing-key-0123456789"));

        var revoked = await App.TokenAsync(user);
        await App.Database.ExecuteAsync("update sessions set revoked_at = now() where id = $1", Guid.Parse(new JsonWebToken(revoked).GetClaim("sid").Value));
        var over = await App.TokenAsync(user);
        await App.Database.ExecuteAsync("update sessions set expires_at = now() where id = $1", Guid.Parse(new JsonWebToken(over).GetClaim("sid").Value));
        var gone = await App.TokenAsync(family.Of("member").UserId);
        await App.Database.ExecuteAsync("delete from family_members where user_id = $1", family.Of("member").UserId);

        return
        [
            ("none", null),
            ("empty", ""),
            ("rubbish", "x"),
            ("three rubbish", "a.b.c"),
            ("huge", new string('a', 7000)),
            ("injection", "' or 1=1 --"),
            ("truncated", good[..^3]),
            ("no signature", $"{parts[0]}.{parts[1]}."),
            ("another payload", $"{parts[0]}.{new JsonWebTokenHandler().CreateToken(Descriptor(null)).Split('.')[1]}.{parts[2]}"),
            ("alg none", new JsonWebTokenHandler().CreateToken(Descriptor(null))),
            ("alg None", $"{Base64UrlEncoder.Encode("""{"alg":"None","typ":"JWT"}""")}.{parts[1]}.{parts[2]}"),
            ("alg HS512", HS512(parts[1])),
            ("forged", new JsonWebTokenHandler().CreateToken(Descriptor(new SigningCredentials(other, SecurityAlgorithms.HmacSha256)))),
            ("expired", new JsonWebTokenHandler().CreateToken(Descriptor(Ours(), expires: DateTime.UtcNow.AddSeconds(-1)))),
            ("wrong audience", new JsonWebTokenHandler().CreateToken(Descriptor(Ours(), audience: "somebody"))),
            ("wrong issuer", new JsonWebTokenHandler().CreateToken(Descriptor(Ours(), issuer: "somebody"))),
            ("no expiry", new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(Descriptor(Ours(), expires: null, expire: false))),
            ("subject no id", new JsonWebTokenHandler().CreateToken(Descriptor(Ours(), subject: "' or 1=1 --"))),
            ("session unknown", FamilyPaApp.Tokens().Create(user, Guid.NewGuid(), DateTimeOffset.UtcNow.AddDays(1))),
            ("session of another", FamilyPaApp.Tokens().Create(Guid.NewGuid(), session, DateTimeOffset.UtcNow.AddDays(1))),
            ("revoked", revoked),
            ("session over", over),
            ("member gone", gone),
            ("outside, no member", App.Issuer.Token(Guid.NewGuid())),
            ("outside, expired", App.Issuer.Token(user, expiresIn: TimeSpan.FromMinutes(-2))),
            ("outside, ID token", App.Issuer.Token(user, type: "JWT")),
            ("outside, ID token of our own client", App.Issuer.Token(user, type: "JWT", claims: new() { ["azp"] = LoopbackIssuer.Audience, ["auth_time"] = 1, ["email"] = "a@example.com" })),
            ("outside, ID token with a nonce", App.Issuer.Token(user, claims: new() { ["nonce"] = "n", ["scp"] = "openid" })),
            ("outside, ID token beside an access token", App.Issuer.Token(user, type: "JWT", claims: new() { ["at_hash"] = "h", ["scope"] = "openid" })),
            ("outside, ID token beside a code", App.Issuer.Token(user, type: "JWT", claims: new() { ["c_hash"] = "h", ["azp"] = "another" })),
            ("outside, wrong audience", App.Issuer.Token(user, audience: "somebody")),
            ("outside, another issuer", App.Issuer.Token(user, issuer: "https://evil.example")),
            ("outside, alg none", $"{Base64UrlEncoder.Encode("""{"alg":"none"}""")}.{App.Issuer.Token(user).Split('.')[1]}."),
            ("outside, public key as secret", App.Issuer.Token(user, credentials: App.Issuer.PublicKeyAsSecret())),
            ("outside, our key", App.Issuer.Token(user, credentials: Ours())),
            ("outside, forged", App.Issuer.Token(user, credentials: new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "first" }, SecurityAlgorithms.RsaSha256))),
        ];

        SecurityTokenDescriptor Descriptor(
            SigningCredentials? credentials, string issuer = SessionTokens.Issuer, string audience = "familypa-board", string? subject = null, DateTime? expires = null, bool expire = true) => new()
            {
                Issuer = issuer,
                Audience = audience,
                Subject = new ClaimsIdentity([new("sub", subject ?? user.ToString()), new("sid", session.ToString())]),
                NotBefore = DateTime.UtcNow.AddHours(-1),
                IssuedAt = DateTime.UtcNow.AddHours(-1),
                Expires = expire ? expires ?? DateTime.UtcNow.AddDays(1) : null,
                SigningCredentials = credentials,
            };

        static SigningCredentials Ours() => new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(FamilyPaApp.SessionSigningKey)), SecurityAlgorithms.HmacSha256);
        // With the right key, which is shorter than a library would take for it.
        static string HS512(string payload)
        {
            var signed = $"{Base64UrlEncoder.Encode("""{"alg":"HS512","typ":"JWT"}""")}.{payload}";
            return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA512.HashData(Encoding.UTF8.GetBytes(FamilyPaApp.SessionSigningKey), Encoding.UTF8.GetBytes(signed)))}";
        }
    }
}
