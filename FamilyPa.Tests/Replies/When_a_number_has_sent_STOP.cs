using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Replies;

public sealed class When_a_number_has_sent_STOP(FastApp app) : AppTest<FastApp>(app)
{
    private const int Crowd = 12;

    private readonly string phone = FamilyPaApp.NewPhone();
    private TestFamily family = null!;
    private MemberClient owner = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        family = await App.AddFamilyAsync("owner");
        owner = await App.SignInAsync(family.Of("owner"));
    }

    [Fact]
    public async Task It_is_left_alone_also_when_its_member_was_removed_and_is_added_again()
    {
        var first = await AddAsync(phone);
        await App.WaitForJobAsync(await App.TextAsync("STOP", phone), "done");
        var before = await SentAsync();
        Assert.Equal(204, (await owner.DeleteAsync($"/api/members/{first}")).Status);

        await AddAsync(phone);
        await new MemberClient(App, null).PostAsync("/api/session/code", new { phone });

        Assert.True(await HasOptedOutAsync(phone));
        Assert.Equal(before, await SentAsync());
    }

    [Fact]
    public async Task It_is_left_alone_also_when_it_was_nobodys_then()
    {
        var answers = new[] { await SayAsync("STOP"), await SayAsync("hello?") };
        Assert.All(answers, answer => Assert.DoesNotContain("<Message>", answer.Body, StringComparison.Ordinal));

        await AddAsync(phone);
        await new MemberClient(App, null).PostAsync("/api/session/code", new { phone });

        Assert.True(await HasOptedOutAsync(phone));
        Assert.Equal(0, await SentAsync());
    }

    [Theory]
    [InlineData("21610", true)]
    [InlineData("21612", true)]
    [InlineData("30004", true)]
    [InlineData("63014", true)]
    [InlineData("63015", true)]
    [InlineData("21606", false)]
    [InlineData("30003", false)]
    [InlineData("30008", false)]
    public async Task An_error_that_says_so_closes_the_channel_and_no_other_does(string code, bool closes)
    {
        await App.Database.ExecuteAsync("select close_channel($1, $2)", phone, $"twilio_{code}");

        Assert.Equal(closes, await App.Database.ScalarAsync<bool>("select is_closed($1)", phone));
        Assert.False(await App.Database.ScalarAsync<bool>("select is_closed($1)", $"whatsapp:{phone}"));
    }

    [Fact]
    public async Task START_ends_it_in_a_family_or_out_of_it()
    {
        await SayAsync("STOP");
        await AddAsync(phone);
        await SayAsync("START");
        Assert.False(await HasOptedOutAsync(phone));

        var stranger = FamilyPaApp.NewPhone();
        await App.PostAsync(App.Form("STOP", stranger));
        Assert.Contains("<Message>", (await App.PostAsync(App.Form("START", stranger))).Body, StringComparison.Ordinal);
        await InviteAsync(stranger);
        await App.WaitForAsync(
            () => Task.FromResult(App.Twilio.Sent.Count(message => message.To.EndsWith(stranger, StringComparison.Ordinal))), sent => sent == 1, "the invitation");
    }

    [Fact]
    public async Task What_comes_late_or_twice_does_not_undo_what_was_said_after_it()
    {
        var stop = App.Form("STOP", phone);
        await App.PostAsync(stop);
        await SayAsync("START");
        await App.PostAsync(stop);
        await App.Database.ExecuteAsync("select record_unknown_sender_opt_out($1, $2, 'keyword_stop', now() - interval '1 hour')", FamilyPaApp.NewSid(), phone);

        await AddAsync(phone);

        Assert.False(await HasOptedOutAsync(phone));
    }

    [Fact]
    public async Task It_is_kept_however_close_it_comes_to_a_change_of_its_membership()
    {
        var joining = Enumerable.Range(0, Crowd).Select(_ => FamilyPaApp.NewPhone()).ToList();
        var leaving = Enumerable.Range(0, Crowd).Select(_ => FamilyPaApp.NewPhone()).ToList();
        foreach (var number in leaving)
            await InsertAsync(number);

        await Task.WhenAll(
            joining.SelectMany(number => (Task[])[InsertAsync(number), App.PostAsync(App.Form("STOP", number))])
                .Concat(leaving.SelectMany(number => (Task[])[App.PostAsync(App.Form("STOP", number)), RemoveAsync(number)])));

        // A STOP that met a member who was gone a moment later waits in the queue for its second try.
        foreach (var number in joining)
            await App.WaitForAsync(() => HasOptedOutAsync(number), opted => opted, "STOP to be heard");
        foreach (var number in leaving)
        {
            await App.WaitForAsync(() => App.Database.ScalarAsync<bool>("select has_opted_out($1)", number), opted => opted, "STOP to be heard");
            await InsertAsync(number);
            Assert.True(await HasOptedOutAsync(number));
        }
    }

    [Fact]
    public async Task A_member_who_changes_numbers_leaves_it_with_the_old_one()
    {
        await SayAsync("STOP");
        await AddAsync(phone);
        var other = FamilyPaApp.NewPhone();

        await App.Database.ExecuteAsync("update family_members set phone_e164 = $2 where phone_e164 = $1", phone, other);
        Assert.False(await HasOptedOutAsync(other));
        await App.Database.ExecuteAsync("update family_members set phone_e164 = $2 where phone_e164 = $1", other, phone);

        Assert.True(await HasOptedOutAsync(phone));
    }

    private Task<Answer> SayAsync(string body) => App.PostAsync(App.Form(body, phone));

    /// <summary>An invitation that is accepted at once.</summary>
    private async Task<string> AddAsync(string number)
    {
        var invited = await InviteAsync(number);
        return await App.Database.ScalarAsync<string>("select accept_invitation($1, $2)::text", family.Id, Guid.Parse(invited));
    }

    private async Task<string> InviteAsync(string number)
    {
        var added = await owner.PostAsync("/api/members", new { name = "Gran", phone = number });
        Assert.Equal(201, added.Status);
        return added.Json.Text("user_id")!;
    }

    private Task<int> InsertAsync(string number) => App.Database.ExecuteAsync(
        "insert into family_members (family_id, display_name, phone_e164) values ($1, 'Gran', $2)", family.Id, number);

    private Task<int> RemoveAsync(string number) => App.Database.ExecuteAsync("delete from family_members where phone_e164 = $1", number);

    private Task<bool> HasOptedOutAsync(string number) =>
        App.Database.ScalarAsync<bool>("select opted_out_at is not null from family_members where phone_e164 = $1", number);

    /// <summary>Once all that was to be said unasked was looked at.</summary>
    private async Task<int> SentAsync()
    {
        await App.WaitForAsync(
            async () => (await App.Storage.Queue("notifications").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, count => count == 0, "the notices to be looked at");
        return App.Twilio.Sent.Count(message => message.To.EndsWith(phone, StringComparison.Ordinal));
    }
}
