using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_a_keyword_arrives(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Help_is_answered_and_becomes_no_task()
    {
        var sid = await App.TextAsync("Help", DemoFamily.Owner.Phone);

        Assert.Equal(("done", "keyword_help"), Of(await App.WaitForJobAsync(sid)));
        Assert.Contains("Send STOP", await BodyAsync(sid), StringComparison.Ordinal);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = $1", sid));
    }

    [Fact]
    public async Task After_stop_there_is_silence_until_start()
    {
        var stop = await DoneAsync("STOP");
        var silent = await DoneAsync("buy milk");
        var start = await DoneAsync("start");
        var heard = await DoneAsync("buy bread");

        Assert.Equal(["sent", "suppressed", "sent", "sent"], await Task.WhenAll(new[] { stop, silent, start, heard }.Select(StatusAsync)));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = $1", silent));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid in ($1, $2)", stop, start));
    }

    [Fact]
    public async Task Stop_by_SMS_is_left_to_Twilio_to_answer()
    {
        await App.Database.ExecuteAsync(
            "insert into family_members (family_id, display_name, role, phone_e164) values ($1, 'Kim', 'member', '+447700900777')", DemoFamily.FamilyId);
        var form = App.Form("STOP", null, ("From", "+447700900777"), ("To", DemoFamily.TwilioNumber), ("OptOutType", "STOP"));
        await App.PostAsync(form);

        await App.WaitForJobAsync(form["MessageSid"], "done");
        Assert.Equal("suppressed", await StatusAsync(form["MessageSid"]));
    }

    [Fact]
    public async Task Help_by_SMS_is_left_to_Twilio_to_answer()
    {
        await App.Database.ExecuteAsync(
            "insert into family_members (family_id, display_name, role, phone_e164) values ($1, 'Lou', 'member', '+447700900778')", DemoFamily.FamilyId);
        var form = App.Form("HELP", null, ("From", "+447700900778"), ("To", DemoFamily.TwilioNumber));
        await App.PostAsync(form);

        await App.WaitForJobAsync(form["MessageSid"], "done");
        Assert.Equal("suppressed", await StatusAsync(form["MessageSid"]));
    }

    [Fact]
    public async Task Yes_opts_in_again_who_is_opted_out_and_nobody_else()
    {
        await App.Database.ExecuteAsync(
            "insert into family_members (family_id, display_name, role, phone_e164) values ($1, 'Max', 'member', '+447700900779')", DemoFamily.FamilyId);
        var answer = await App.TextAsync("yes", "+447700900779");
        await App.WaitForJobAsync(answer, "done");
        await App.WaitForJobAsync(await App.TextAsync("stop, thank you", "+447700900779"), "done");

        var yes = await App.TextAsync("Yes please", "+447700900779");

        Assert.Equal(("done", "keyword_start"), Of(await App.WaitForJobAsync(yes, "done")));
        Assert.Equal(["sent", "sent"], await Task.WhenAll(StatusAsync(answer), StatusAsync(yes)));
        Assert.Null((await App.JobAsync(answer))!.Reason);
    }

    [Theory]
    [InlineData("+447700900781", "ok", "Ja")]
    [InlineData("+447700900782", "va bene", "sì")]
    [InlineData("+447700900783", "claro", "START")]
    public async Task What_answers_the_confirmation_of_stop_does_not_opt_in_again(string phone, string agreed, string yes)
    {
        await AddMemberAsync(phone);
        await App.WaitForJobAsync(await App.TextAsync("STOP", phone), "done");
        var answer = await App.TextAsync(agreed, phone);
        await App.WaitForJobAsync(answer, "done");

        Assert.Equal("suppressed", await StatusAsync(answer));
        Assert.Equal(("done", "keyword_start"), Of(await App.WaitForJobAsync(await App.TextAsync(yes, phone), "done")));
    }

    [Theory]
    [InlineData("+447700900784", "help please", null, "sent")]
    [InlineData("+447700900785", "Stopp", null, "sent")]
    [InlineData("+447700900786", "opt out", null, "sent")]
    [InlineData("+447700900787", "HELP", null, "suppressed")]
    [InlineData("+447700900788", "Stop", null, "suppressed")]
    [InlineData("+447700900789", "auxilio", "HELP", "suppressed")]
    public async Task By_SMS_what_Twilio_does_not_know_is_answered(string phone, string body, string? optOutType, string status)
    {
        await AddMemberAsync(phone);
        var form = App.Form(body, null, ("From", phone), ("To", DemoFamily.TwilioNumber), ("OptOutType", optOutType));
        await App.PostAsync(form);

        Assert.StartsWith("keyword_", (await App.WaitForJobAsync(form["MessageSid"], "done")).Reason, StringComparison.Ordinal);
        Assert.Equal(status, await StatusAsync(form["MessageSid"]));
    }

    private Task<int> AddMemberAsync(string phone) => App.Database.ExecuteAsync(
        "insert into family_members (family_id, display_name, role, phone_e164) values ($1, $2, 'member', $2)", DemoFamily.FamilyId, phone);

    private async Task<string> DoneAsync(string body)
    {
        var sid = await App.TextAsync(body, DemoFamily.Second.Phone);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private Task<string> StatusAsync(string sid) => App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1", sid);

    private Task<string> BodyAsync(string sid) => App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1", sid);

    private static (string, string?) Of(JobRow job) => (job.Status, job.Reason);
}
