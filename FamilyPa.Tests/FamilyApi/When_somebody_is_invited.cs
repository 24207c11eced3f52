using System.Net.Http.Json;
using FamilyPa.Core.Replies;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.FamilyApi;

public sealed class When_somebody_is_invited(When_somebody_is_invited.InvitingApp app) : AppTest<When_somebody_is_invited.InvitingApp>(app)
{
    private const int TextsPerDay = 20;
    private const int TextsOfAllPerDay = 500;
    private const int AdditionsPerDay = 80;

    private readonly string phone = FamilyPaApp.NewPhone();
    private TestFamily family = null!;
    private MemberClient owner = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (family, owner) = await FamilyAsync();
    }

    [Fact]
    public async Task Of_seventy_added_at_once_no_more_than_fifty_fit_in()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 70).Select(i => owner.PostAsync("/api/members", new { name = "Gran", phone = FamilyPaApp.NewPhone() })));

        Assert.Equal((49, 21), (answers.Count(answer => answer.Status == 201), answers.Count(answer => Of(answer) == (409, "family_full"))));
        Assert.Equal((409, "family_full"), Of(await OperatorAsync(family.Id, FamilyPaApp.NewPhone())));
        Assert.Equal(50, (await owner.GetAsync("/api/members")).Json.GetProperty("members").GetArrayLength());
        await WaitForQueueAsync();
        Assert.Equal(TextsPerDay, await App.Database.ScalarAsync<long>("select count(*) from outbound_messages where family_id = $1 and kind = 'invitation'", family.Id));
    }

    [Fact]
    public async Task Of_twenty_two_invited_at_once_twenty_are_written_to()
    {
        var phones = Enumerable.Range(0, TextsPerDay + 2).Select(_ => FamilyPaApp.NewPhone()).ToList();

        var answers = await Task.WhenAll(phones.Select(one => owner.PostAsync("/api/members", new { name = "Gran", phone = one })));

        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        await App.WaitForAsync(() => Task.FromResult(phones.Count(one => TextsTo(one).Count == 1)), count => count == TextsPerDay, "the invitations");
        await WaitForQueueAsync();
        Assert.Equal(TextsPerDay, phones.Sum(one => TextsTo(one).Count));
    }

    [Theory]
    [InlineData("invite_member", TextsPerDay)]
    [InlineData("invite_all", TextsOfAllPerDay)]
    public async Task One_member_and_all_families_together_have_a_limit_of_the_day_too(string scope, int most)
    {
        await App.Database.ExecuteAsync(
            "insert into rate_counters (scope, key, since, counted) values ($1, $2, date_trunc('day', now(), 'UTC'), $3) on conflict (scope, key, shard) do update set counted = excluded.counted",
            scope, scope == "invite_all" ? "" : family.Of("owner").UserId.ToString(), most - 1);
        var phones = Enumerable.Range(0, 4).Select(_ => FamilyPaApp.NewPhone()).ToList();

        await Task.WhenAll(phones.Select(one => owner.PostAsync("/api/members", new { name = "Gran", phone = one })));

        await App.WaitForAsync(() => Task.FromResult(phones.Sum(one => TextsTo(one).Count)), count => count == 1, "one invitation");
        await WaitForQueueAsync();
        Assert.Equal(1, phones.Sum(one => TextsTo(one).Count));
        await App.Database.ExecuteAsync("delete from rate_counters where scope = $1", scope);
    }

    [Fact]
    public async Task A_number_is_written_to_again_after_seven_days_and_not_before()
    {
        await InviteAndRemoveAsync();
        await TextAsync(phone);
        await InviteAndRemoveAsync();
        await App.Database.ExecuteAsync("update invitation_pauses set ends_at = ends_at - interval '6 days 23 hours'");
        await InviteAndRemoveAsync();
        await WaitForQueueAsync();
        Assert.Single(TextsTo(phone));

        await App.Database.ExecuteAsync("update invitation_pauses set ends_at = ends_at - interval '1 hour'");
        await InviteAsync();

        await App.WaitForAsync(() => Task.FromResult(TextsTo(phone)), texts => texts.Count == 2, "the second text");

        async Task InviteAndRemoveAsync()
        {
            var invited = await InviteAsync();
            await WaitForQueueAsync();
            Assert.Equal(204, (await owner.DeleteAsync($"/api/members/{invited}")).Status);
        }
    }

    [Fact]
    public async Task Who_is_removed_and_added_again_all_day_is_limited_too()
    {
        for (var i = 0; i < AdditionsPerDay; i++)
        {
            var added = await owner.PostAsync("/api/members", new { name = "Gran", phone });
            Assert.Equal(201, added.Status);
            Assert.Equal(204, (await owner.DeleteAsync($"/api/members/{added.Json.Text("user_id")}")).Status);
        }

        var refused = await owner.PostAsync("/api/members", new { name = "Gran", phone });
        Assert.Equal((429, "too_many_additions"), Of(refused));
        Assert.True(int.Parse(refused.Headers["Retry-After"], null) > 0);
        await WaitForQueueAsync();
        Assert.InRange(TextsTo(phone).Count, 0, 1);
    }

    [Theory]
    [InlineData("+881612345678")]
    [InlineData("+25261234567")]
    [InlineData("+18765551234")]
    public async Task A_number_of_another_country_is_refused(string foreign)
    {
        var refused = await owner.PostAsync("/api/members", new { name = "Gran", phone = foreign });

        Assert.Equal((400, "invalid_request"), Of(refused));
        Assert.Contains("GB, GG, IM, JE, US", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_names_go_into_the_text_and_of_them_nothing_that_could_be_a_text_of_its_own()
    {
        await App.Database.ExecuteAsync("update families set name = $2 where id = $1", family.Id, "Win at http://evil.example/x?a=1 now");
        await App.Database.ExecuteAsync("update family_members set display_name = $2 where user_id = $1", family.Of("owner").UserId, "Bank\u202E call 0900 123 456 \u200Bevil.com");

        await InviteAsync();

        var text = await TextAsync(phone);
        Assert.StartsWith("Hello! Bank call evil com asks you to join Win at http evil example x a 1 here", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("St. John & Sons", "St John Sons")]
    [InlineData("Zoë O’Hara-Smith 2", "Zoë O’Hara-Smith 2")]
    [InlineData("محمد", "محمد")]
    [InlineData("evil。com", "evil com")]
    [InlineData("a\r\nb", "a b")]
    [InlineData("+1 900 555 0199", "Somebody")]
    [InlineData("abcdefghij abcdefghij abcdefghij abcdefghij", "abcdefghij abcdefghij abcdefgh")]
    public void A_name_is_short_and_plain(string name, string written) =>
        Assert.StartsWith($"Hello! {written} asks you to join a family here", InvitationText.Question(new("en", "…", name)), StringComparison.Ordinal);

    [Fact]
    public async Task What_they_write_before_they_accept_is_never_the_familys()
    {
        await InviteAsync();
        await TextAsync(phone);
        var (first, second) = (App.Form("buy a secret present", phone), App.Form("and another one", phone));

        Assert.Contains("asks you to join The Smiths", (await App.PostAsync(first)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<Message>", (await App.PostAsync(second)).Body, StringComparison.Ordinal);
        Assert.Contains("You are now in The Smiths", (await App.PostAsync(App.Form("yes please", phone))).Body, StringComparison.Ordinal);

        // Nor does an operator make it theirs.
        var replayed = await App.ReplayAsync(new { message_sid = first["MessageSid"] });
        Assert.Contains("unknown_sender", replayed.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from inbound_messages where family_id = $1", family.Id));
        Assert.DoesNotContain("secret present", (await owner.GetAsync("/api/tasks")).Body, StringComparison.Ordinal);
        await App.WaitForJobAsync(await App.TextAsync("buy milk", phone), "done");
    }

    [Theory]
    [InlineData("YES")]
    [InlineData("Ja, bitte!")]
    [InlineData("Sí")]
    [InlineData("d’accord")]
    public async Task Yes_in_any_language_of_ours_makes_them_a_member_once(string yes)
    {
        await InviteAsync();
        await TextAsync(phone);
        var form = App.Form(yes, phone);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => App.PostAsync(form)));

        Assert.Single(answers, answer => answer.Body.Contains("You are now in The Smiths", StringComparison.Ordinal));
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        Assert.Equal(["active"], StatusesOf(await owner.GetAsync("/api/members")));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from processing_jobs where family_id = $1", family.Id));
    }

    [Theory]
    [InlineData("No, thanks.")]
    [InlineData("NEIN")]
    [InlineData("STOP")]
    public async Task No_ends_it_and_nobody_asks_again_for_a_while(string no)
    {
        var invited = await InviteAsync();
        await TextAsync(phone);

        var answer = await App.PostAsync(App.Form(no, phone));

        Assert.Equal(no != "STOP", answer.Body.Contains("you do not join The Smiths", StringComparison.Ordinal));
        Assert.Null(StatusOf(await owner.GetAsync("/api/members"), invited));
        await App.Database.ExecuteAsync("update invitation_pauses set ends_at = least(ends_at, now() + interval '23 days')");
        await InviteAsync();
        var (_, other) = await FamilyAsync();
        await InviteAsync(other);
        await WaitForQueueAsync();
        Assert.Single(TextsTo(phone));
    }

    [Fact]
    public async Task A_yes_that_came_before_the_question_accepts_nothing()
    {
        await App.Database.ExecuteAsync("insert into invitations (family_id, display_name, phone_e164) values ($1, 'Gran', $2)", family.Id, phone);

        Assert.Contains("asks you to join The Smiths", (await App.PostAsync(App.Form("yes", phone))).Body, StringComparison.Ordinal);
        Assert.Contains("You are now in The Smiths", (await App.PostAsync(App.Form("yes", phone))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_is_asked_by_one_family_at_a_time_and_yes_answers_that_one()
    {
        await InviteAsync();
        await TextAsync(phone);
        var (late, other) = await FamilyAsync();
        await InviteAsync(other);
        await WaitForQueueAsync();
        Assert.Single(TextsTo(phone));

        await App.PostAsync(App.Form("yes", phone));

        Assert.Equal(family.Id, await App.Database.ScalarAsync<Guid>("select family_id from family_members where phone_e164 = $1", phone));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from invitations where family_id = $1", late.Id));
    }

    [Fact]
    public async Task Whether_a_number_is_a_member_elsewhere_is_not_told_also_when_it_joins()
    {
        var (theirs, _) = await FamilyAsync();
        var taken = theirs.Of("owner").Phone;
        var free = await owner.PostAsync("/api/members", new { name = "Gran", phone });

        var added = await owner.PostAsync("/api/members", new { name = "Gran", phone = taken });

        Assert.Equal(Shape(free), Shape(added));
        Assert.Equal(await TextAsync(phone), await TextAsync(taken));
        foreach (var (number, invited) in new[] { (phone, free), (taken, added) })
        {
            Assert.Contains("You are now in The Smiths", (await App.PostAsync(App.Form("yes", number))).Body, StringComparison.Ordinal);
            Assert.NotEqual(invited.Json.Text("user_id"), await App.Database.ScalarAsync<string>("select user_id::text from family_members where phone_e164 = $1 and family_id = $2", number, family.Id));
        }

        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from family_members where user_id = $1", theirs.Of("owner").UserId));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from inbound_messages where family_id = any ($1)", (object)new[] { family.Id, theirs.Id }));

        static object Shape(Answer answer) => (
            answer.Status, string.Join(',', answer.Json.EnumerateObject().Select(field => field.Name)), answer.Json.Text("status"), answer.Json.Text("invited"), answer.Headers["ETag"]);
    }

    [Fact]
    public async Task An_invitation_does_not_keep_the_number_from_its_own_family()
    {
        await InviteAsync();
        var (theirs, _) = await FamilyAsync();

        Assert.Equal(201, (await OperatorAsync(theirs.Id, phone)).Status);

        await App.WaitForJobAsync(await App.TextAsync("buy milk", phone), "done");
        Assert.Equal(theirs.Id, await App.Database.ScalarAsync<Guid>("select family_id from inbound_messages where from_phone = $1", phone));
    }

    [Fact]
    public async Task To_sign_in_is_to_accept()
    {
        await InviteAsync();
        await TextAsync(phone);

        await new MemberClient(App, null).PostAsync("/api/session/code", new { phone });
        var sent = await App.WaitForAsync(() => Task.FromResult(TextsTo(phone)), texts => texts.Count == 2, "the code");
        Assert.Equal(["invited"], StatusesOf(await owner.GetAsync("/api/members")));
        var opened = await new MemberClient(App, null).PostAsync("/api/session", new { phone, code = sent[1][..6] });

        Assert.Equal((200, family.Id.ToString()), (opened.Status, opened.Json.GetProperty("family").Text("id")));
        Assert.Equal(["active"], StatusesOf(await owner.GetAsync("/api/members")));
    }

    [Fact]
    public async Task Nothing_is_done_for_who_is_only_invited()
    {
        var invited = await InviteAsync();

        Assert.Equal(400, (await owner.PostAsync("/api/tasks", new { title = "x", assignee = invited })).Status);
        Assert.Equal((404, "not_found"), Of(await owner.PatchAsync($"/api/members/{invited}", new { role = "admin" })));
        Assert.Equal(204, (await owner.DeleteAsync($"/api/members/{invited}")).Status);
        Assert.Null(StatusOf(await owner.GetAsync("/api/members"), invited));
    }

    private async Task<(TestFamily Family, MemberClient Owner)> FamilyAsync()
    {
        var added = await App.AddFamilyAsync("owner");
        return (added, await App.SignInAsync(added.Of("owner")));
    }

    private async Task<string> InviteAsync(MemberClient? by = null)
    {
        var added = await (by ?? owner).PostAsync("/api/members", new { name = "Gran", phone });
        Assert.Equal((201, "invited"), (added.Status, added.Json.Text("status")));
        return added.Json.Text("user_id")!;
    }

    private async Task<string> TextAsync(string to) => (await App.WaitForAsync(() => Task.FromResult(TextsTo(to)), texts => texts.Count == 1, $"a text to …{to[^2..]}"))[0];

    private IReadOnlyList<string> TextsTo(string to) => [.. App.Twilio.Sent.Where(message => message.To == to).Select(message => message.Body)];

    private Task<int> WaitForQueueAsync() => App.WaitForAsync(
        async () => (await App.Storage.Queue("notifications").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, count => count == 0, "the queue to be empty");

    private async Task<Answer> OperatorAsync(Guid familyId, string number)
    {
        using var response = await App.Operator.PostAsJsonAsync($"/api/admin/families/{familyId}/members", new { name = "Gran", role = "member", phone = number }, Cancellation);
        return await Answer.ReadAsync(response);
    }

    private static string? StatusOf(Answer members, string userId) =>
        members.Json.GetProperty("members").EnumerateArray().Where(one => one.Text("user_id") == userId).Select(one => one.Text("status")).SingleOrDefault();

    private static IEnumerable<string?> StatusesOf(Answer members) =>
        members.Json.GetProperty("members").EnumerateArray().Where(one => one.Text("name") == "Gran").Select(one => one.Text("status"));

    private static (int, string?) Of(Answer answer) => (answer.Status, answer.Code());

    public sealed class InvitingApp(TestEnvironment environment) : FastApp(environment)
    {
        protected override void Configure(IDictionary<string, string?> settings)
        {
            base.Configure(settings);
            settings["Limits__InvitationsPerFamilyPerDay"] = $"{TextsPerDay}";
            settings["Limits__InvitationsPerMemberPerDay"] = $"{TextsPerDay}";
            settings["Limits__InvitationsPerDay"] = $"{TextsOfAllPerDay}";
            settings["Limits__AdditionsPerFamilyPerDay"] = $"{AdditionsPerDay}";
        }
    }
}
