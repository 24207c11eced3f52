using System.Net.Http.Json;
using FamilyPa.Local.App;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_a_family_looks_after_itself(FastApp app) : AppTest<FastApp>(app)
{
    private TestFamily family = null!;
    private MemberClient owner = null!;
    private MemberClient admin = null!;
    private MemberClient member = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner", "admin", "member");
        owner = await App.SignInAsync(family.Of("owner"));
        admin = await App.SignInAsync(family.Of("admin"));
        member = await App.SignInAsync(family.Of("member"));
    }

    [Fact]
    public async Task Each_sees_the_family_and_all_its_members()
    {
        var seen = await member.GetAsync("/api/family");

        Assert.Empty(ApiDocument.Mistakes(seen.Json, "Family"));
        Assert.Equal((family.Id.ToString(), "The Smiths", "Europe/London", "member"), (seen.Json.Text("id"), seen.Json.Text("name"), seen.Json.Text("timezone"), seen.Json.GetProperty("me").Text("role")));
        Assert.Equal(
            [("owner", "False"), ("admin", "False"), ("member", "True")], seen.Json.GetProperty("members").EnumerateArray().Select(one => (one.Text("role"), one.Text("you"))));
        var list = await member.GetAsync("/api/members");
        Assert.Empty(ApiDocument.Mistakes(list.Json, "MemberList"));
        Assert.Equal($"…{family.Of("owner").Phone[^2..]}", list.Json.GetProperty("members")[0].Text("phone_masked"));
        Assert.DoesNotContain(family.Of("owner").Phone[3..], seen.Body + list.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admins_and_owners_say_where_it_lives()
    {
        var changed = await admin.PatchAsync("/api/family", new { timezone = "Pacific/Kiritimati", locale = "de-DE" });
        Assert.Equal((200, "The Smiths", "Pacific/Kiritimati", "de-DE"), (changed.Status, changed.Json.Text("name"), changed.Json.Text("timezone"), changed.Json.Text("locale")));
        Assert.Equal(DateTimeOffset.UtcNow.AddHours(14).ToString("yyyy-MM-dd", null), changed.Json.Text("today"));

        Assert.Equal((403, "not_allowed"), Of(await member.PatchAsync("/api/family", new { name = "Mine" })));
        var wrong = await owner.PatchAsync("/api/family", new { name = "", timezone = "Mars/Olympus", locale = "!!", id = family.Id });
        Assert.Equal(((400, "invalid_request"), "id,locale,name,timezone"), (Of(wrong), string.Join(',', wrong.WrongFields())));
    }

    [Fact]
    public async Task Of_two_who_change_it_at_once_the_second_is_told()
    {
        var read = await owner.GetAsync("/api/family");
        Assert.Equal(("1", "\"1\""), (read.Json.Text("version"), read.Headers["ETag"]));

        await TellsTheSecondAsync("/api/family");

        Assert.Equal((403, "not_allowed"), Of(await member.PatchAsync("/api/family", new { name = "x" }, ("If-Match", "\"1\""))));
    }

    [Fact]
    public async Task Of_two_who_change_a_member_at_once_the_second_is_told()
    {
        // That somebody writes to us is no change of theirs.
        await App.Database.ExecuteAsync("update family_members set last_inbound_at = now() where family_id = $1", family.Id);
        Assert.Equal(["1", "1", "1"], (await owner.GetAsync("/api/members")).Json.GetProperty("members").EnumerateArray().Select(one => one.Text("version")));

        await TellsTheSecondAsync($"/api/members/{family.Of("member").UserId}");

        Assert.Equal((403, "not_allowed"), Of(await member.PatchAsync($"/api/members/{family.Of("admin").UserId}", new { name = "x" }, ("If-Match", "\"9\""))));
        Assert.Equal((404, "not_found"), Of(await owner.PatchAsync($"/api/members/{Guid.NewGuid()}", new { name = "x" }, ("If-Match", "\"1\""))));
    }

    [Fact]
    public async Task A_child_without_a_phone_can_be_given_tasks()
    {
        var added = await owner.PostAsync("/api/members", new { name = "Lily" });
        Assert.Equal((201, "active", "False"), (added.Status, added.Json.Text("status"), added.Json.Text("invited")));
        Assert.Equal((400, "invalid_request"), Of(await owner.PostAsync("/api/members", new { name = "Lily", role = "admin" })));
        Assert.Equal((403, "not_allowed"), Of(await member.PostAsync("/api/members", new { name = "Lily" })));

        var task = await member.PostAsync("/api/tasks", new { title = "Practise the piano", assignee = added.Json.Text("user_id") });

        Assert.Equal((201, added.Json.Text("user_id")), (task.Status, task.Json.Text("assignee")));
        Assert.True(await App.Database.ScalarAsync<bool>(
            "select assigned_by = $2 from tasks where id = $1", Guid.Parse(task.Json.Text("id")!), family.Of("member").UserId));
    }

    [Fact]
    public async Task Nicknames_and_news_are_set_by_those_who_may_change_the_member()
    {
        var mum = $"/api/members/{family.Of("member").UserId}";
        string[] given = ["Mum", " Mum ", "Oma"];
        string[] boss = ["Boss"];
        var set = await member.PatchAsync(mum, new { nicknames = given, notified = false });

        Assert.Equal((200, "[\"Mum\",\"Oma\"]", "False"), (set.Status, set.Json.GetProperty("nicknames").GetRawText(), set.Json.Text("notified")));
        Assert.Empty(ApiDocument.Mistakes(set.Json, "Member"));
        Assert.Equal(200, (await admin.PatchAsync(mum, new { nicknames = Array.Empty<string>() })).Status);
        Assert.Equal((403, "not_allowed"), Of(await member.PatchAsync($"/api/members/{family.Of("admin").UserId}", new { nicknames = boss })));
        foreach (object wrong in (object[])["Mum", new[] { "" }, Enumerable.Range(0, 11).Select(n => $"n{n}"), new[] { 1 }])
            Assert.Equal((400, "invalid_request"), Of(await member.PatchAsync(mum, new { nicknames = wrong })));
    }

    [Fact]
    public async Task A_member_decides_on_the_own_digest_and_time_zone()
    {
        var mine = $"/api/members/{family.Of("member").UserId}";
        var set = await member.PatchAsync(mine, new { timezone = "America/New_York", digest_at = "06:45" });

        Assert.Equal((200, "America/New_York", "06:45"), (set.Status, set.Json.Text("timezone"), set.Json.Text("digest_at")));
        Assert.Empty(ApiDocument.Mistakes(set.Json, "Member"));
        var kept = await member.PatchAsync(mine, new { notified = true });
        Assert.Equal(("America/New_York", "06:45"), (kept.Json.Text("timezone"), kept.Json.Text("digest_at")));
        Assert.Empty(ApiDocument.Mistakes((await member.GetAsync("/api/members")).Json, "MemberList"));
        Assert.Equal((403, "not_allowed"), Of(await admin.PatchAsync(mine, new { digest_at = "05:00" })));
        Assert.Equal(200, (await admin.PatchAsync(mine, new { timezone = "Europe/Paris" })).Status);
        foreach (var wrong in (object[])[new { timezone = "Mars/Base" }, new { digest_at = "7" }, new { digest_at = "24:00" }, new { digest_at = 7 }])
            Assert.Equal((400, "invalid_request"), Of(await member.PatchAsync(mine, wrong)));

        var cleared = await member.PatchAsync(mine, new Dictionary<string, string?> { ["timezone"] = null, ["digest_at"] = null });
        Assert.Equal((200, "", ""), (cleared.Status, cleared.Json.GetProperty("timezone").ToString(), cleared.Json.GetProperty("digest_at").ToString()));
    }

    [Fact]
    public async Task A_new_member_is_invited_and_told_once()
    {
        var phone = FamilyPaApp.NewPhone();

        var added = await owner.PostAsync("/api/members", new { name = "Gran", role = "member", phone = $"0{phone[3..]}" });

        Assert.Equal(201, added.Status);
        Assert.Empty(ApiDocument.Mistakes(added.Json, "AddedMember"));
        Assert.Equal(("Gran", "member", $"…{phone[^2..]}", "False", "invited", "True"),
            (added.Json.Text("name"), added.Json.Text("role"), added.Json.Text("phone_masked"), added.Json.Text("you"), added.Json.Text("status"), added.Json.Text("invited")));
        var id = Guid.Parse(added.Json.Text("user_id")!);
        Assert.Equal($"/api/members/{id}", added.Headers["Location"]);
        await App.WaitForAsync(() => StatusAsync(id), status => status == "sent", "the invitation");
        var sent = Assert.Single(App.Twilio.Sent, message => message.To == phone);
        Assert.StartsWith("Hello! owner 0 asks you to join The Smiths", sent.Body, StringComparison.Ordinal);
        Assert.Equal(DemoFamily.TwilioNumber, sent.From);
        // The queue delivers a message twice now and then.
        await App.Storage.Queue("notifications").SendMessageAsync($$"""{"kind":"invitation","id":"{{id}}"}""", Cancellation);
        await App.Storage.Queue("notifications").SendMessageAsync("rubbish", Cancellation);
        await App.WaitForAsync(async () => (await App.Storage.Queue("notifications").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, count => count == 0, "the queue to be empty");
        Assert.Single(App.Twilio.Sent, message => message.To == phone);

        Assert.Contains("You are now in The Smiths", (await App.PostAsync(App.Form("Yes!", phone))).Body, StringComparison.Ordinal);
        var client = new MemberClient(App, await App.TokenAsync(await App.Database.ScalarAsync<Guid>("select user_id from family_members where phone_e164 = $1", phone)));
        Assert.Equal("Gran", (await client.GetAsync("/api/family")).Json.GetProperty("me").Text("name"));

        Task<string?> StatusAsync(Guid user) => App.Database.ScalarAsync<string?>("select max(status) from outbound_messages where message_sid = $1 and kind = 'invitation'", $"member:{user}");
    }

    [Fact]
    public async Task A_member_who_is_added_again_under_the_same_key_is_added_once_and_answered_the_same()
    {
        var (key, phone) = (("Idempotency-Key", Guid.NewGuid().ToString()), FamilyPaApp.NewPhone());
        var body = $$"""{"name":"Gran","phone":"{{phone}}"}""";

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => owner.PostAsync("/api/members", body, key)));

        Assert.All(all, answer => Assert.Equal((201, all[0].Body, all[0].Headers["Location"], "\"1\""), (answer.Status, answer.Body, answer.Headers["Location"], answer.Headers["ETag"])));
        Assert.Empty(ApiDocument.Mistakes(all[0].Json, "AddedMember"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from invitations where phone_e164 = $1", phone));
        Assert.Equal((422, "idempotency_conflict"), Of(await owner.PostAsync("/api/members", new { name = "Gran", phone = FamilyPaApp.NewPhone() }, key)));
        Assert.Equal((400, "invalid_request"), Of(await owner.PostAsync("/api/members", body, ("Idempotency-Key", "a b"))));
        // Whoever sends it again, they are told once.
        await App.WaitForAsync(() => Task.FromResult(App.Twilio.Sent.Count(message => message.To == phone)), count => count == 1, "the invitation");
        await App.WaitForAsync(async () => (await App.Storage.Queue("notifications").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, count => count == 0, "the queue to be empty");
        Assert.Single(App.Twilio.Sent, message => message.To == phone);
        // What failed took no key.
        Assert.Equal((409, "phone_taken"), Of(await owner.PostAsync("/api/members", new { name = "Gran", phone }, ("Idempotency-Key", "failed"))));
        Assert.Equal(201, (await owner.PostAsync("/api/members", new { name = "Aunt", phone = FamilyPaApp.NewPhone() }, ("Idempotency-Key", "failed"))).Status);
    }

    [Fact]
    public async Task A_number_is_invited_once_by_a_family_however_many_add_it_at_once()
    {
        var phone = FamilyPaApp.NewPhone();

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => owner.PostAsync("/api/members", new { name = $"Gran {i}", phone })));

        Assert.Equal((1, 9), (all.Count(answer => answer.Status == 201), all.Count(answer => Of(answer) == (409, "phone_taken"))));
        Assert.Equal((409, "phone_taken"), Of(await owner.PostAsync("/api/members", new { name = "Ours", phone = family.Of("member").Phone })));
    }

    [Fact]
    public async Task A_family_does_not_grow_without_end()
    {
        await App.Database.ExecuteAsync("insert into family_members (family_id, display_name) select $1, 'one of many' from generate_series(1, 47)", family.Id);

        var body = new { name = "Gran", phone = FamilyPaApp.NewPhone() };
        Assert.Equal((409, "family_full"), Of(await owner.PostAsync("/api/members", body, ("Idempotency-Key", "full"))));

        await App.Database.ExecuteAsync("delete from family_members where family_id = $1 and display_name = 'one of many'", family.Id);
        Assert.Equal(201, (await owner.PostAsync("/api/members", new { name = "Aunt", body.phone }, ("Idempotency-Key", "full"))).Status);
    }

    [Fact]
    public async Task Who_may_do_what_to_whom_the_database_decides()
    {
        string Path(string role) => $"/api/members/{family.Of(role).UserId}";

        Assert.Equal((403, "not_allowed"), Of(await member.PostAsync("/api/members", new { name = "Gran", phone = FamilyPaApp.NewPhone() })));
        Assert.Equal((403, "not_allowed"), Of(await admin.PostAsync("/api/members", new { name = "Gran", phone = FamilyPaApp.NewPhone(), role = "owner" })));
        Assert.Equal((403, "not_allowed"), Of(await member.PatchAsync(Path("admin"), new { name = "x" })));
        Assert.Equal((403, "not_allowed"), Of(await member.PatchAsync(Path("member"), new { role = "admin" })));
        Assert.Equal((403, "not_allowed"), Of(await admin.PatchAsync(Path("admin"), new { role = "owner" })));
        Assert.Equal((403, "not_allowed"), Of(await admin.PatchAsync(Path("owner"), new { role = "member" })));
        Assert.Equal((403, "not_allowed"), Of(await member.DeleteAsync(Path("admin"))));
        Assert.Equal((403, "not_allowed"), Of(await admin.DeleteAsync(Path("owner"))));
        Assert.Equal((409, "last_owner"), Of(await owner.PatchAsync(Path("owner"), new { role = "admin" })));
        Assert.Equal((409, "last_owner"), Of(await owner.DeleteAsync(Path("owner"))));

        Assert.Equal("Me", (await member.PatchAsync(Path("member"), new { name = "Me" })).Json.Text("name"));
        var promoted = await owner.PatchAsync(Path("member"), new { role = "owner" });
        Assert.Equal((200, "owner"), (promoted.Status, promoted.Json.Text("role")));
        Assert.Empty(ApiDocument.Mistakes(promoted.Json, "Member"));
        Assert.Equal(204, (await owner.DeleteAsync(Path("owner"))).Status);
        Assert.Equal((404, "not_found"), Of(await member.DeleteAsync(Path("owner"))));
        Assert.Equal((404, "not_found"), Of(await member.PatchAsync($"/api/members/{DemoFamily.Owner.UserId}", new { name = "x" })));
        Assert.Equal((404, "not_found"), Of(await member.DeleteAsync("/api/members/x")));
        foreach (var (body, fields) in ((object, string)[])[(new { name = " ", role = "king", phone = "1" }, "name,phone,role"), (new { role = "admin" }, "name,phone")])
        {
            var wrong = await member.PostAsync("/api/members", body);
            Assert.Equal(((400, "invalid_request"), fields), (Of(wrong), string.Join(',', wrong.WrongFields())));
        }
    }

    [Fact]
    public async Task Who_is_removed_is_out_at_once_and_their_tasks_are_nobodys()
    {
        var task = (await owner.PostAsync("/api/tasks", new { title = "x", assignee = family.Of("member").UserId })).Json.Text("id");

        Assert.Equal(204, (await admin.DeleteAsync($"/api/members/{family.Of("member").UserId}")).Status);

        Assert.Equal((401, "unauthorized"), Of(await member.GetAsync("/api/family")));
        Assert.Equal("", (await owner.GetAsync($"/api/tasks/{task}")).Json.Text("assignee"));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from sessions where user_id = $1", family.Of("member").UserId));
    }

    [Fact]
    public async Task An_operator_adds_and_removes_members_too()
    {
        var (phone, path) = (FamilyPaApp.NewPhone(), $"/api/admin/families/{family.Id}/members");

        var added = await OperatorAsync(HttpMethod.Post, path, new { name = "Gran", role = "member", phone });
        Assert.Equal((201, phone), (added.Status, added.Json.Text("phone")));
        Assert.Equal((409, "phone_taken"), Of(await OperatorAsync(HttpMethod.Post, path, new { name = "Gran", role = "member", phone })));
        Assert.Equal((404, "unknown_family"), Of(await OperatorAsync(HttpMethod.Post, $"/api/admin/families/{Guid.NewGuid()}/members", new { name = "Gran", role = "member", phone = FamilyPaApp.NewPhone() })));
        var wrong = await OperatorAsync(HttpMethod.Post, path, new { name = "", role = "king", phone = "1" });
        Assert.Equal(((400, "invalid_request"), "name,role,phone"), (Of(wrong), string.Join(',', wrong.WrongFields())));

        Assert.Equal(204, (await OperatorAsync(HttpMethod.Delete, $"{path}/{added.Json.Text("user_id")}")).Status);
        Assert.Equal((404, "unknown_member"), Of(await OperatorAsync(HttpMethod.Delete, $"{path}/{added.Json.Text("user_id")}")));
        Assert.Equal((409, "last_owner"), Of(await OperatorAsync(HttpMethod.Delete, $"{path}/{family.Of("owner").UserId}")));
        Assert.Equal(401, (await owner.DeleteAsync($"{path}/{family.Of("member").UserId}")).Status);
        Assert.Equal(
            ["add_member", "remove_member"],
            (await App.Database.RowsAsync("select action from audit_log where family_id = $1 order by created_at", family.Id)).Select(row => (string)row["action"]!));
    }

    [Fact]
    public async Task Every_answer_is_logged_and_kept_by_nobody()
    {
        var answer = await member.GetAsync($"/api/tasks/{Guid.NewGuid()}");

        Assert.Equal(("no-store", "nosniff"), (answer.Headers["Cache-Control"], answer.Headers["X-Content-Type-Options"]));
        await App.WaitForAsync(
            () => Task.FromResult(App.Log),
            log => log.Split('\n').Any(line => line.Contains("GET /api/tasks/{taskId} answered 404 in", StringComparison.Ordinal)
                && line.Contains($"user {family.Of("member").UserId}, request {answer.Headers["X-Request-Id"]}", StringComparison.Ordinal)),
            "the line of the request");
    }

    /// <param name="path">Of what two of them have read at version 1.</param>
    private async Task TellsTheSecondAsync(string path)
    {
        var first = await owner.PatchAsync(path, new { name = "first" }, ("If-Match", "\"1\""));
        Assert.Equal((200, "first", "2", "\"2\""), (first.Status, first.Json.Text("name"), first.Json.Text("version"), first.Headers["ETag"]));

        var late = await admin.PatchAsync(path, new { name = "second" }, ("If-Match", "\"1\""));
        Assert.Equal(((412, "version_conflict"), "\"2\""), (Of(late), late.Headers["ETag"]));
        foreach (var stale in (string[])["W/\"2\"", "\"x\"", "2"])
            Assert.Equal((412, "version_conflict"), Of(await admin.PatchAsync(path, new { name = "second" }, ("If-Match", stale))));

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => admin.PatchAsync(path, new { name = $"race {i}" }, ("If-Match", "\"2\""))));
        Assert.Equal((1, 9), (all.Count(answer => answer.Status == 200), all.Count(answer => answer.Status == 412)));
        Assert.Equal("4", (await admin.PatchAsync(path, new { name = "fourth" }, ("If-Match", "*"))).Json.Text("version"));
    }

    private static (int, string?) Of(Answer answer) => (answer.Status, answer.Code());

    private async Task<Answer> OperatorAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await App.Operator.SendAsync(request, Cancellation);
        return await Answer.ReadAsync(response);
    }
}
