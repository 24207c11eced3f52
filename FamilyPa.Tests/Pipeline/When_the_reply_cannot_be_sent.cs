using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Admin;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_the_reply_cannot_be_sent(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_Twilio_did_not_take_is_sent_again(int status)
    {
        using var once = App.Twilio.Faults.Add(Fault.Status("messages.create", status).OnlyFor($"x{status}x").Once());

        var sid = await App.TextAsync($"buy x{status}x");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract succeeded", $"finalize failed twilio_http_{status}", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Equal("sent", await StatusAsync(sid));
        Assert.Equal(1, await App.CountAsync("tasks", sid));
    }

    [Theory]
    [InlineData(CutPoint.BeforeEffect)]
    [InlineData(CutPoint.AfterEffect)]
    public async Task What_Twilio_may_have_is_uncertain_and_never_sent_twice(CutPoint cut)
    {
        using var broken = App.Twilio.Faults.Add(Fault.Cut("messages.create", cut).OnlyFor($"{cut}").Once());

        var sid = await App.TextAsync($"buy {cut}");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("uncertain", await StatusAsync(sid));
        Assert.Equal(cut == CutPoint.AfterEffect ? 1 : 0, App.Twilio.Sent.Count(reply => reply.Body.Contains($"{cut}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_timeout_is_uncertain()
    {
        using var slow = App.Twilio.Faults.Add(Fault.Stall("messages.create", TimeSpan.FromSeconds(20)).OnlyFor("patience").Once());

        var sid = await App.TextAsync("buy patience");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("uncertain", await StatusAsync(sid));
    }

    [Fact]
    public async Task What_Twilio_refuses_is_noted_and_the_tasks_stay()
    {
        using var refused = App.Twilio.Faults.Add(Fault.Status("messages.create", 400).OnlyFor("apples").Once());

        var sid = await App.TextAsync("buy apples");

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("failed", await StatusAsync(sid));
        Assert.Equal(1, await App.CountAsync("tasks", sid));
    }

    [Fact]
    public async Task Who_is_asked_to_wait_long_waits_without_losing_a_try()
    {
        using var busy = App.Twilio.Faults.Add(Fault.Status("messages.create", 429, TimeSpan.FromMinutes(3)).OnlyFor("quinces"));

        var sid = await App.TextAsync("buy quinces");

        var job = await App.WaitForJobAsync(sid, "deferred");
        Assert.Equal(0, job.RetryCount);
        Assert.Equal(["extract succeeded", "finalize deferred twilio_http_429"], await App.AttemptsAsync(sid));
        Assert.True(await App.Database.ScalarAsync<bool>("select resume_at > now() + interval '2 minutes' from processing_jobs where message_sid = $1", sid));
        Assert.Equal(1, busy.Hits);
    }

    [Fact]
    public async Task Nothing_is_said_on_WhatsApp_a_day_after_the_members_last_words()
    {
        using (App.OpenAI.Faults.Add(Fault.Reasoning().OnlyFor("medlars")))
            await App.WaitForJobAsync(await App.TextAsync("buy medlars"), "failed");
        var sid = await App.Database.ScalarAsync<string>("select message_sid from inbound_messages where body = 'buy medlars'");
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<long>("select count(*) from outbound_messages where message_sid = $1 and status = 'sent'", sid),
            told => told == 1, "the sender is told that it failed");
        await App.Database.ExecuteAsync("update family_members set last_inbound_at = now() - interval '25 hours'");
        var sent = App.Twilio.Sent.Count;

        await App.ReplayAsync(new { message_sid = sid });

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        var reply = Assert.Single(await App.Database.RowsAsync("select status, error_code from outbound_messages where message_sid = $1 and kind = 'reply'", sid));
        Assert.Equal(("suppressed", "outside_window"), (reply["status"], reply["error_code"]));
        Assert.Equal(sent, App.Twilio.Sent.Count);
    }

    [Fact]
    public async Task What_is_told_of_its_delivery_before_its_sid_is_known_counts_too()
    {
        using var late = App.Twilio.Faults.Add(Fault.Late("messages.create", TimeSpan.FromSeconds(1)).OnlyFor("damsons").Once());

        var sid = await App.TextAsync("buy damsons");

        await App.WaitForJobAsync(sid, "done");
        await App.WaitForAsync(() => DeliveryAsync(sid), status => status == "delivered", "the reply's delivery");
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from delivery_reports join outbound_messages using (provider_sid)"));
    }

    [Fact]
    public async Task Its_delivery_is_followed_and_never_goes_backwards()
    {
        var sid = await App.TextAsync("buy pears");
        await App.WaitForJobAsync(sid, "done");
        await App.WaitForAsync(() => DeliveryAsync(sid), status => status == "delivered", "the reply's delivery");
        var provider = await App.Database.ScalarAsync<string>("select provider_sid from outbound_messages where message_sid = $1", sid);

        await App.Twilio.ReportStatusAsync(provider, "read");
        await App.Twilio.ReportStatusAsync(provider, "sent");
        await App.Twilio.ReportStatusAsync(provider, "delivered");

        Assert.Equal("read", await DeliveryAsync(sid));
    }

    private Task<string> StatusAsync(string sid) =>
        App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1 and kind = 'reply'", sid);

    private Task<string?> DeliveryAsync(string sid) =>
        App.Database.ScalarAsync<string?>("select delivery_status from outbound_messages where message_sid = $1", sid);
}
