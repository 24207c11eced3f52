using System.Security.Cryptography;
using FamilyPa.Core.SignIn;
using FamilyPa.Local.App;
using FamilyPa.Tests.FamilyApi;
using FamilyPa.Tests.Infrastructure;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_brings_a_token(OperatorApp app) : AppTest<OperatorApp>(app)
{
    private const string Ann = "operator:ann@example.com (0bec7000-0000-4000-8000-000000000001)";

    [Fact]
    public async Task Every_operation_takes_it_by_its_role()
    {
        var (reader, full, none) = (App.As("reader"), App.As("operator"), App.As("something else"));
        Assert.True(Route.Operators.Count() >= 17, "routes");

        foreach (var route in Route.Operators)
        {
            var path = At(route);
            // A body that every operation refuses, and an id that nothing has.
            var (read, acted, refused) = (await SendAsync(reader), await SendAsync(full), await SendAsync(none));

            // An export reveals what a reader may not see.
            Assert.True(route.Method == "GET" && !route.Path.EndsWith("/export", StringComparison.Ordinal) ? read.Status is not (401 or 403) : (403, "role_required") == (read.Status, read.Code()), $"{route} by a reader: {read.Status} {read.Body}");
            Assert.True(acted.Status is not (401 or 403 or >= 500) && acted.Code() != "not_found", $"{route} by an operator: {acted.Status} {acted.Body}");
            Assert.Equal((403, "role_required"), (refused.Status, refused.Code()));

            Task<Answer> SendAsync(MemberClient client) => client.SendAsync(route.Method, path, route.Method == "POST" ? "[]" : null);
        }

        Assert.Equal(404, (await full.GetAsync("/api/operator/nothing")).Status);
    }

    [Fact]
    public async Task Every_operation_refuses_what_is_no_operators_access_token()
    {
        var user = Guid.NewGuid();
        Dictionary<string, object> roles = new() { ["roles"] = (string[])["operator"], ["scp"] = "x" };
        var good = App.Token("operator");
        var family = await App.AddFamilyAsync("owner");
        (string Kind, string? Token)[] bad =
        [
            ("none", null),
            ("rubbish", "a.b.c"),
            ("the function key", FamilyPaApp.FunctionKey),
            ("ID token", App.Issuer.Token(user, type: "JWT", claims: new() { ["roles"] = (string[])["operator"], ["preferred_username"] = "ann@example.com" })),
            ("ID token with a nonce", App.Issuer.Token(user, type: "JWT", claims: new(roles) { ["nonce"] = "n" })),
            ("wrong audience", App.Issuer.Token(user, audience: "00000003-0000-0000-c000-000000000000", claims: roles)),
            ("another issuer", App.Issuer.Token(user, issuer: "https://login.microsoftonline.com/evil/v2.0", claims: roles)),
            ("the members' issuer", App.Members.Token(user, claims: roles)),
            ("expired", App.Issuer.Token(user, expiresIn: TimeSpan.FromMinutes(-2), claims: roles)),
            ("forged", App.Issuer.Token(user, claims: roles, credentials: new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "first" }, SecurityAlgorithms.RsaSha256))),
            ("public key as secret", App.Issuer.Token(user, claims: roles, credentials: App.Issuer.PublicKeyAsSecret())),
            ("alg none", $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""")}.{good.Split('.')[1]}."),
            ("another payload", $"{good.Split('.')[0]}.{App.Token("operator", "x").Split('.')[1]}.{good.Split('.')[2]}"),
            ("a member's session", await App.TokenAsync(family.Of("owner").UserId)),
            ("a member's outside token", App.Members.Token(family.Of("owner").UserId)),
            ("huge", new string('a', 20_000)),
        ];

        foreach (var route in Route.Operators)
        {
            foreach (var (kind, token) in bad.Take(route.Method == "GET" ? bad.Length : 5))
            {
                var answer = await new MemberClient(App, token).SendAsync(route.Method, At(route), route.Method == "POST" ? "[]" : null);
                Assert.True((401, "unauthorized") == (answer.Status, answer.Code()), $"{route} with {kind}: {answer.Status} {answer.Body}");
            }
        }

        // The key opens the one address, and a token the other.
        Assert.Equal(401, (await new MemberClient(App, null).GetAsync("/api/operator/overview", ("x-functions-key", FamilyPaApp.FunctionKey))).Status);
        Assert.Equal(401, (await App.As("operator").GetAsync("/api/admin/overview")).Status);
        // An operator is no member.
        Assert.Equal(401, (await App.As("operator").GetAsync("/api/family")).Status);
    }

    [Fact]
    public async Task The_audit_log_names_the_operator()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var (phone, sid) = (family.Of("owner").Phone, await App.StoredAsync(new() { Body = "buy milk" }));
        var (reader, full) = (App.As("reader"), App.As("operator"));
        var before = (await App.AuditAsync($"actor = '{Ann}' and request_id is not null")).Count;

        Assert.Equal(200, (await reader.GetAsync($"/api/operator/events?phone={Uri.EscapeDataString(phone)}")).Status);
        Assert.Equal(200, (await reader.GetAsync($"/api/operator/events?family_id={family.Id}")).Status);
        Assert.Equal(200, (await reader.GetAsync($"/api/operator/families/{family.Id}")).Status);
        Assert.Equal(200, (await full.GetAsync($"/api/operator/events/{sid}?reveal=true")).Status);
        Assert.Equal(200, (await full.GetAsync("/api/operator/dead-letters?reveal=true")).Status);
        Assert.Equal(403, (await reader.GetAsync($"/api/operator/events/{sid}?reveal=true")).Status);
        Assert.Equal(200, (await full.PostAsync($"/api/operator/families/{family.Id}/budget", new { daily_usd = 7 })).Status);
        Assert.Equal(200, (await full.PostAsync("/api/operator/limits", new { try_again = "chat" })).Status);
        Assert.Equal(200, (await full.DeleteAsync($"/api/operator/families/{family.Id}/members/{family.Of("member").UserId}/sessions")).Status);
        Assert.Equal(204, (await full.DeleteAsync($"/api/operator/families/{family.Id}/members/{family.Of("member").UserId}")).Status);
        Assert.Equal(200, (await full.PostAsync("/api/operator/replay-webhook", new { message_sid = sid, dry_run = true })).Status);
        Assert.Equal(200, (await full.DeleteAsync($"/api/operator/families/{family.Id}?confirm={family.Id}")).Status);
        Assert.Equal(200, (await new MemberClient(App, App.AppOnlyToken("reader")).GetAsync("/api/operator/families")).Status);

        string[] actions =
        [
            "search", "search", "read_family", "reveal", "reveal", "set_budget", "release_deferred", "try_again", "revoke_sessions", "remove_member", "replay_preview", "erase_family",
        ];
        Assert.Equal(actions.Select(action => $"{Ann} {action}"), (await App.AuditAsync($"actor = '{Ann}' and request_id is not null")).Skip(before));
        Assert.Equal([$"operator:the-pipeline ({OperatorApp.ObjectId}) list_families"], await App.AuditAsync("action = 'list_families' and actor like 'operator:the-%'"));
        Assert.Equal(0, await App.Database.ScalarAsync<long>($"select count(*) from audit_log l where l::text like '%{phone[1..]}%'"));
    }

    [Fact]
    public async Task Reads_of_the_overview_are_noted_once_an_hour()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, (await new MemberClient(App, App.AppOnlyToken("reader")).GetAsync("/api/operator/overview")).Status);

        Assert.Single(await App.AuditAsync("action = 'overview' and actor like 'operator:the-pipeline%'"));
    }

    [Fact]
    public async Task What_the_function_key_did_is_the_keys()
    {
        var family = await App.AddFamilyAsync("owner");

        using var response = await App.Operator.GetAsync($"/api/admin/events?family_id={family.Id}", Cancellation);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["operator search"], await App.AuditAsync($"family_id = '{family.Id}'"));
    }

    [Fact]
    public async Task The_function_key_can_be_switched_off()
    {
        await App.RestartAsync(settings => settings["OPERATOR_TOKENS_ONLY"] = "true");

        foreach (var route in Route.Operators)
        {
            var answer = await new MemberClient(App, null).SendAsync(route.Method, route.With(Guid.NewGuid()), route.Method == "POST" ? "[]" : null, ("x-functions-key", FamilyPaApp.FunctionKey));
            Assert.Equal((401, "key_disabled"), (answer.Status, answer.Code()));
        }

        Assert.Equal(200, (await App.As("reader").GetAsync("/api/operator/overview")).Status);
        await App.RestartAsync(settings => settings.Remove("OPERATOR_TOKENS_ONLY"));
    }

    [Fact]
    public async Task A_key_in_a_URL_opens_nothing_and_is_not_logged()
    {
        (string Method, string Path)[] paths =
        [
            .. Route.Api.Select(route => (route.Method, route.With(Guid.NewGuid()))), ("GET", "/api/operator/overview"), ("GET", "/board"), ("GET", "/ops"),
            ("POST", "/api/webhooks/twilio"), ("POST", "/api/webhooks/twilio/status"),
        ];

        foreach (var (method, path) in paths)
        {
            foreach (var name in (string[])["code", "Code"])
            {
                var answer = await App.As("operator").SendAsync(method, $"{path}?{name}={FamilyPaApp.FunctionKey}", method == "POST" ? "[]" : null);
                Assert.True((400, "key_in_url") == (answer.Status, answer.Code()), $"{method} {path}: {answer.Status} {answer.Body}");
            }
        }

        var both = await new MemberClient(App, null).GetAsync("/api/admin/overview?code=x", ("x-functions-key", FamilyPaApp.FunctionKey));
        Assert.Equal(400, both.Status);
        Assert.DoesNotContain(FamilyPaApp.FunctionKey, App.Log, StringComparison.Ordinal);
    }

    private static string At(Route route) => route.With(Guid.NewGuid()).Replace("/api/admin/", "/api/operator/", StringComparison.Ordinal);
}
