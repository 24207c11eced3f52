using FamilyPa.Core.Settings;
using FamilyPa.Core.SignIn;
using FamilyPa.Core.Storage;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.FamilyApi;
using Microsoft.Extensions.Options;
using Npgsql;
using AppSettings = FamilyPa.Core.Settings.AppSettings;

namespace FamilyPa.Tests.Sessions;

public sealed partial class When_a_member_signs_in
{
    [Fact]
    public async Task A_link_opens_one_session_however_many_tap_it_at_once()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var member = family.Of("member");
        var link = await LinkAsync(family.Id, member.UserId);
        Assert.StartsWith($"{App.BaseUrl}/board/sign-in#link=", link.AbsoluteUri, StringComparison.Ordinal);
        var token = link.Fragment["#link=".Length..];

        var answers = await AllAsync(_ => App.Nobody.PostAsync("/api/session", new { link = token }));

        var opened = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(member.UserId.ToString(), opened.Json.GetProperty("user").Text("user_id"));
        Assert.Equal(Crowd - 1, answers.Count(answer => (answer.Status, answer.Code()) == (401, "sign_in_refused")));
        Assert.DoesNotContain(token, await App.Database.ScalarAsync<string>("select string_agg(l::text, ' ') from login_links l"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_tells_whom_it_signs_in_and_is_not_spent_by_that()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var link = (await LinkAsync(family.Id, family.Of("member").UserId)).Fragment["#link=".Length..];
        var cookie = ("Cookie", $"__Host-familypa_session={await App.TokenAsync(family.Of("owner").UserId)}");

        for (var i = 0; i < 3; i++)
        {
            var told = await App.Nobody.PostAsync("/api/session/link", new { link });
            Assert.Equal((200, """{"name":"member 1","family_name":"The Smiths"}"""), (told.Status, told.Body));
            Assert.False(told.Headers.ContainsKey("Set-Cookie"));
        }

        var beside = await App.Nobody.PostAsync("/api/session/link", new { link }, cookie);
        Assert.Empty(ApiDocument.Mistakes(beside.Json, "LinkedMember"));
        Assert.Equal(("owner 0", "The Smiths"), (beside.Json.Text("current_name"), beside.Json.Text("current_family_name")));
        Assert.Equal(200, (await App.Nobody.GetAsync("/api/family", cookie)).Status);

        Assert.Equal(200, (await App.Nobody.PostAsync("/api/session", new { link }, cookie)).Status);
        Assert.Equal(401, (await App.Nobody.GetAsync("/api/family", cookie)).Status);
        foreach (var bad in (string[])[link, "x", new string('A', 43)])
        {
            var refused = await App.Nobody.PostAsync("/api/session/link", new { link = bad });
            Assert.Equal((401, "sign_in_refused"), (refused.Status, refused.Code()));
        }
    }

    [Fact]
    public async Task A_link_that_is_refused_ends_no_session()
    {
        var family = await App.AddFamilyAsync("owner");
        var cookie = ("Cookie", $"__Host-familypa_session={await App.TokenAsync(family.Of("owner").UserId)}");

        Assert.Equal(401, (await App.Nobody.PostAsync("/api/session", new { link = new string('A', 43) }, cookie)).Status);

        Assert.Equal(200, (await App.Nobody.GetAsync("/api/family", cookie)).Status);
    }

    [Fact]
    public async Task A_link_is_worth_nothing_when_it_is_old_or_made_up_or_its_member_gone()
    {
        var family = await App.AddFamilyAsync("owner", "member");
        var old = (await LinkAsync(family.Id, family.Of("owner").UserId)).Fragment["#link=".Length..];
        Assert.Equal(TimeSpan.FromMinutes(15), await App.Database.ScalarAsync<TimeSpan>("select date_trunc('second', expires_at - created_at) from login_links where family_id = $1", family.Id));
        await App.Database.ExecuteAsync("update login_links set expires_at = now() where family_id = $1", family.Id);
        var gone = (await LinkAsync(family.Id, family.Of("member").UserId)).Fragment["#link=".Length..];
        await App.Database.ExecuteAsync("delete from family_members where user_id = $1", family.Of("member").UserId);

        foreach (var link in (string[])[old, gone, old[..^1], old + "A", "'; drop table sessions; --", new string('A', 43)])
        {
            var answer = await App.Nobody.PostAsync("/api/session", new { link });
            Assert.Equal((401, "sign_in_refused"), (answer.Status, answer.Code()));
        }
    }

    [Fact]
    public void A_link_takes_the_place_that_was_kept_for_it_also_below_a_path()
    {
        var links = new LoginLinks(null!, Options.Create(new AppSettings { PublicBaseUrl = "https://pa.example.com/family/" }), Options.Create(new SignInSettings()));
        var link = new Uri($"https://pa.example.com/family/board/sign-in#link={new string('A', 43)}");

        var sent = LoginLinks.Fill($"Here: {links.Placeholder}\nOnce.", link);

        Assert.Equal($"Here: {link}\nOnce.", sent);
        Assert.Equal($"Here: {links.Placeholder}\nOnce.", LoginLinks.Keep(sent));
    }

    private async Task<Uri> LinkAsync(Guid familyId, Guid userId)
    {
        await using var source = NpgsqlDataSource.Create(App.Database.AppConnectionString);
        return await new LoginLinks(new Database(source), Options.Create(new AppSettings { PublicBaseUrl = App.BaseUrl }), Options.Create(new SignInSettings()))
            .CreateAsync(userId, familyId, Cancellation);
    }
}
