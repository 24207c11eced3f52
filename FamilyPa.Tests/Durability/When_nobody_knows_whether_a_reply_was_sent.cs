using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Durability;

public sealed class When_nobody_knows_whether_a_reply_was_sent(ReconcilingApp app) : AppTest<ReconcilingApp>(app)
{
    [Fact]
    public async Task It_is_sent_when_Twilio_has_it()
    {
        var sid = await UncertainAsync("apples", CutPoint.AfterEffect);

        await App.RunTimerAsync("Reconciler");

        var sent = Assert.Single(Sent("apples"));
        var row = await RowAsync(sid);
        Assert.Equal(("sent", sent.Sid), (row["status"], row["provider_sid"]));
    }

    [Fact]
    public async Task It_is_sent_again_and_only_once_when_Twilio_has_later_ones_and_not_this()
    {
        var sid = await UncertainAsync("pears", CutPoint.BeforeEffect);
        await LaterReplyAsync();

        await App.RunTimerAsync("Reconciler");
        await App.RunTimerAsync("Reconciler");

        var sent = Assert.Single(Sent("pears"));
        var row = await RowAsync(sid);
        Assert.Equal(("sent", sent.Sid), (row["status"], row["provider_sid"]));
    }

    [Fact]
    public async Task It_is_left_alone_when_Twilio_shows_nothing_of_later()
    {
        var sid = await UncertainAsync("plums", CutPoint.BeforeEffect);

        await App.RunTimerAsync("Reconciler");

        Assert.Empty(Sent("plums"));
        Assert.Equal("uncertain", (await RowAsync(sid))["status"]);
    }

    [Fact]
    public async Task It_is_left_alone_when_its_receiver_has_sent_STOP()
    {
        var sid = await UncertainAsync("leeks", CutPoint.BeforeEffect);
        await LaterReplyAsync();
        await App.Database.ExecuteAsync("update family_members set opted_out_at = now()");

        await App.RunTimerAsync("Reconciler");
        await App.Database.ExecuteAsync("update family_members set opted_out_at = null");

        Assert.Empty(Sent("leeks"));
        Assert.Equal("uncertain", (await RowAsync(sid))["status"]);
    }

    [Fact]
    public async Task It_is_never_sent_a_third_time()
    {
        var sid = await UncertainAsync("grapes", CutPoint.BeforeEffect);
        await LaterReplyAsync();
        using (var again = App.Twilio.Faults.Add(Fault.Cut("messages.create").OnlyFor("grapes").Once()))
        {
            await App.RunTimerAsync("Reconciler");
            Assert.Equal(1, again.Hits);
        }

        await LaterReplyAsync();
        await App.RunTimerAsync("Reconciler");

        Assert.Empty(Sent("grapes"));
        Assert.Equal("uncertain", (await RowAsync(sid))["status"]);
    }

    [Fact]
    public async Task What_Twilio_certainly_did_not_take_again_may_be_sent_by_the_next_run()
    {
        var sid = await UncertainAsync("melons", CutPoint.BeforeEffect);
        await LaterReplyAsync();
        using (App.Twilio.Faults.Add(Fault.Status("messages.create", 503).OnlyFor("melons").Once()))
            await App.RunTimerAsync("Reconciler");
        Assert.Empty(Sent("melons"));

        await LaterReplyAsync();
        await App.RunTimerAsync("Reconciler");

        Assert.Single(Sent("melons"));
        Assert.Equal("sent", (await RowAsync(sid))["status"]);
    }

    [Fact]
    public async Task Not_found_is_noted_after_a_while()
    {
        var sid = await UncertainAsync("cherries", CutPoint.BeforeEffect);
        await App.Database.ExecuteAsync("update outbound_messages set updated_at = now() - interval '11 minutes' where message_sid = $1", sid);
        await App.Database.ExecuteAsync("update outbound_messages set sent_at = now() - interval '1 hour' where status = 'sent'");

        await App.RunTimerAsync("Reconciler");

        var row = await RowAsync(sid);
        Assert.Equal(("uncertain", "not_found_at_provider"), (row["status"], row["error_code"]));
    }

    [Theory]
    [InlineData(CutPoint.BeforeEffect, "uncertain")]
    [InlineData(CutPoint.AfterEffect, "sent")]
    public async Task A_sign_in_code_is_looked_for_too_and_never_sent_again(CutPoint cut, string status)
    {
        App.Twilio.Reset();
        await App.Database.ExecuteAsync("delete from outbound_messages");
        await App.Database.ExecuteAsync("delete from login_codes");
        using (App.Twilio.Faults.Add(Fault.Cut("messages.create", cut).OnlyFor("is your code").Once()))
        {
            await new MemberClient(App, null).PostAsync("/api/session/code", new { phone = DemoFamily.Second.Phone });
            await App.WaitForAsync(CodeAsync, code => code is ["uncertain", ..], "the code to be uncertain");
        }

        await LaterReplyAsync();
        await App.RunTimerAsync("Reconciler");
        await App.RunTimerAsync("Reconciler");

        var sent = App.Twilio.Sent.Where(message => message.To == DemoFamily.Second.Phone).Select(message => message.Sid).ToList();
        Assert.Equal(cut == CutPoint.AfterEffect ? 1 : 0, sent.Count);
        Assert.Equal([status, sent.SingleOrDefault()], await CodeAsync());

        async Task<object?[]?> CodeAsync() => (await App.Database.RowsAsync("select status, provider_sid from outbound_messages where kind = 'code'"))
            .Select(row => new[] { row["status"], row["provider_sid"] }).SingleOrDefault();
    }

    private async Task<string> UncertainAsync(string what, CutPoint cut)
    {
        using var broken = App.Twilio.Faults.Add(Fault.Cut("messages.create", cut).OnlyFor(what).Once());
        var sid = await App.TextAsync($"buy {what}");
        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("uncertain", (await RowAsync(sid))["status"]);
        return sid;
    }

    private async Task LaterReplyAsync() => await App.WaitForJobAsync(await App.TextAsync("buy something else"), "done");

    private IEnumerable<FamilyPa.Simulators.Twilio.TwilioMessage> Sent(string what) =>
        App.Twilio.Sent.Where(message => message.Body.Contains(what, StringComparison.OrdinalIgnoreCase));

    private async Task<IReadOnlyDictionary<string, object?>> RowAsync(string sid) =>
        Assert.Single(await App.Database.RowsAsync("select status, provider_sid, error_code from outbound_messages where message_sid = $1", sid));
}
