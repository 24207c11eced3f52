using System.Text.Json;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FamilyPa.Tests.Durability;

public sealed class When_a_webhook_never_came(ReconcilingApp app) : AppTest<ReconcilingApp>(app)
{
    public static TheoryData<Fault> Faults =>
    [
        Fault.Status("messages.list", 500),
        Fault.Status("messages.list", 429, TimeSpan.FromSeconds(1)),
        Fault.Status("messages.list", 401),
        Fault.Rubbish("messages.list", RubbishKind.Html),
        Fault.Rubbish("messages.list", RubbishKind.TruncatedJson),
        Fault.Rubbish("messages.list", RubbishKind.Empty),
        Fault.Cut("messages.list", CutPoint.HalfBody),
        Fault.Stall("messages.list", TimeSpan.FromSeconds(10)),
    ];

    public override ValueTask DisposeAsync()
    {
        App.Twilio.Reset();
        return base.DisposeAsync();
    }

    [Theory]
    [InlineData("whatsapp:")]
    [InlineData("")]
    public async Task The_message_is_fetched_once_with_the_time_it_was_sent(string channel)
    {
        var at = DateTimeOffset.UtcNow.AddHours(-2);
        var sid = Remember("buy milk & honey tomorrow", at, channel);

        await App.RunTimerAsync("Reconciler");
        await App.WaitForJobAsync(sid, "done");
        await App.RunTimerAsync("Reconciler");

        var row = Assert.Single(await App.Database.RowsAsync(
            """
            select e.source, e.received_at, m.created_at, m.body, e.raw_payload::text as payload
            from webhook_events e join inbound_messages m using (message_sid) where message_sid = $1
            """,
            sid));
        Assert.Equal(("reconciled", "buy milk & honey tomorrow"), (row["source"], row["body"]));
        Assert.Equal(at.UtcDateTime, (DateTime)row["received_at"]!, TimeSpan.FromSeconds(1));
        Assert.Equal(row["received_at"], row["created_at"]);
        var payload = JsonSerializer.Deserialize<Dictionary<string, string>>((string)row["payload"]!)!;
        Assert.Equal((sid, $"{channel}{DemoFamily.Owner.Phone}", $"{channel}{DemoFamily.TwilioNumber}", "0"),
            (payload["MessageSid"], payload["From"], payload["To"], payload["NumMedia"]));
        Assert.Equal("buy milk & honey tomorrow", payload["Body"]);
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
        Assert.Single(
            App.Twilio.Sent,
            message => message.To == $"{channel}{DemoFamily.Owner.Phone}" && message.Body.Contains("milk & honey", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_media_come_along_as_a_webhook_would_name_them()
    {
        var message = App.Twilio.RememberInbound(new InboundMessage
        {
            From = $"whatsapp:{DemoFamily.Owner.Phone}",
            Body = "see both",
            At = DateTimeOffset.UtcNow.AddMinutes(-5),
            Media = [new("audio/ogg", [1, 2, 3]), new("image/jpeg", [4, 5])],
        });

        await App.RunTimerAsync("Reconciler");

        var payload = JsonSerializer.Deserialize<Dictionary<string, string>>(
            await App.Database.ScalarAsync<string>("select raw_payload::text from inbound_messages where message_sid = $1 and num_media = 2", message.Sid))!;
        Assert.Equal(4, payload.Count);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(message.Media[i].ContentType, payload[$"MediaContentType{i}"]);
            Assert.EndsWith($"/Messages/{message.Sid}/Media/{message.Media[i].Sid}", payload[$"MediaUrl{i}"], StringComparison.Ordinal);
            Assert.StartsWith(App.Twilio.BaseUrl, payload[$"MediaUrl{i}"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Many_are_fetched_page_by_page_and_those_that_came_are_left_alone()
    {
        var lost = Enumerable.Range(0, 5).Select(number => Remember($"buy lost {number}", DateTimeOffset.UtcNow.AddMinutes(-10 - number))).ToList();
        var came = (await App.Twilio.SendInboundAsync(From("buy found"), Cancellation)).MessageSid;
        Remember("too old", DateTimeOffset.UtcNow.AddHours(-7));
        App.Twilio.RememberInbound(From("to somebody else") with { To = "whatsapp:+15005550006" });

        await App.RunTimerAsync("Reconciler");

        foreach (var sid in lost)
            Assert.Equal("reconciled", await SourceAsync(sid));
        Assert.Equal("webhook", await SourceAsync(came));
        Assert.Equal(6, await App.Database.ScalarAsync<long>("select count(*) from webhook_events where message_sid = any ($1)",
            [App.Twilio.Received.Select(message => message.Sid).ToArray()]));
    }

    [Fact]
    public async Task One_that_comes_after_all_is_a_duplicate()
    {
        var sid = App.Twilio.BuildInbound(From("buy salt") with { At = DateTimeOffset.UtcNow.AddMinutes(-3) }).MessageSid;
        await App.RunTimerAsync("Reconciler");

        Assert.Equal(200, (await App.Twilio.RedeliverAsync(sid, Cancellation)).Status);

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("webhook_events", sid));
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_failing_Twilio_ends_the_run_and_the_next_one_does_it(Fault fault)
    {
        var sid = Remember("buy patience", DateTimeOffset.UtcNow.AddMinutes(-5));
        using var broken = App.Twilio.Faults.Add(fault.Once());

        await App.RunTimerAsync("Reconciler");
        Assert.Equal(1, broken.Hits);
        Assert.Equal(0, await App.CountAsync("webhook_events", sid));
        await App.RunTimerAsync("Reconciler");

        Assert.Equal("reconciled", await SourceAsync(sid));
    }

    [Fact]
    public async Task One_whose_media_cannot_be_listed_keeps_no_other_out()
    {
        var broken = App.Twilio.RememberInbound(From("") with { At = DateTimeOffset.UtcNow.AddMinutes(-9), Media = [new("audio/ogg", [1])] }).Sid;
        var fine = Remember("buy pepper", DateTimeOffset.UtcNow.AddMinutes(-5));
        using (App.Twilio.Faults.Add(Fault.Status("media.list", 500)))
            await App.RunTimerAsync("Reconciler");
        Assert.Equal((0, 1), (await App.CountAsync("webhook_events", broken), await App.CountAsync("webhook_events", fine)));

        await App.RunTimerAsync("Reconciler");
        Assert.Equal("reconciled", await SourceAsync(broken));
    }

    [Fact]
    public async Task A_stranger_is_told_by_a_message_once()
    {
        const string Stranger = "whatsapp:+15005550019";
        App.Twilio.RememberInbound(new InboundMessage { From = Stranger, Body = "hi", At = DateTimeOffset.UtcNow.AddMinutes(-5) });
        App.Twilio.RememberInbound(new InboundMessage { From = Stranger, Body = "hello?", At = DateTimeOffset.UtcNow.AddMinutes(-4) });

        await App.RunTimerAsync("Reconciler");
        await App.RunTimerAsync("Reconciler");

        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from unmatched_messages where source = 'reconciled' and from_address = $1", Stranger));
        var sent = Assert.Single(App.Twilio.Sent, message => message.To == Stranger);
        Assert.StartsWith("Hello!", sent.Body, StringComparison.Ordinal);
        Assert.Equal(sent.Sid, await App.Database.ScalarAsync<string>("select provider_sid from outbound_messages where kind = 'unknown_sender' and status = 'sent' and to_address = $1", Stranger));
    }

    [Fact]
    public async Task A_late_STOP_counts_and_does_not_undo_what_was_said_after_it()
    {
        var stop = Remember("STOP", DateTimeOffset.UtcNow.AddMinutes(-5));
        await App.RunTimerAsync("Reconciler");
        await App.WaitForJobAsync(stop, "done");
        Assert.True(await IsOptedOutAsync());

        await App.TextAsync("START");
        Assert.False(await IsOptedOutAsync());
        Remember("STOP", DateTimeOffset.UtcNow.AddMinutes(-4));
        await App.RunTimerAsync("Reconciler");

        Assert.False(await IsOptedOutAsync());
    }

    [Fact]
    public async Task A_young_one_is_given_the_time_to_come_by_itself()
    {
        await App.RestartAsync(settings => settings["Pipeline__ReconcileAfter"] = "00:00:10");
        try
        {
            var sent = DateTimeOffset.UtcNow;
            var lost = Remember("buy thyme", sent);
            var late = App.Twilio.BuildInbound(From("buy rosemary")).MessageSid;
            await App.StartTimerAsync("Reconciler");
            await App.Twilio.WaitForRequestAsync(request => request.Operation == "messages.list", FamilyPaApp.Patience);
            await App.Twilio.RedeliverAsync(late, Cancellation);

            await App.WaitForJobAsync(lost, "done");
            await App.WaitForJobAsync(late, "done");
            Assert.Equal(("reconciled", "webhook"), (await SourceAsync(lost), await SourceAsync(late)));
            // Twilio's times are whole seconds.
            var takenIn = await App.Database.ScalarAsync<DateTime>("select created_at from processing_jobs where message_sid = $1", lost);
            Assert.True(takenIn - sent.UtcDateTime > TimeSpan.FromSeconds(9), $"Taken in {takenIn - sent.UtcDateTime} after it was sent.");
        }
        finally
        {
            await App.RestartAsync(settings => settings["Pipeline__ReconcileAfter"] = "00:00:00");
        }
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("//169.254.169.254/latest")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://api.twilio.com.example.org/2010-04-01")]
    public async Task A_page_that_leads_elsewhere_is_not_followed(string next)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.MapGet("/{**path}", (HttpRequest _) => Results.Json(new Dictionary<string, object> { ["messages"] = Array.Empty<object>(), ["next_page_uri"] = next }));
        await server.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(server.Urls.Single() + "/") };
        var twilio = new TwilioMessageList(http, Options.Create(new FamilyPa.Core.Settings.AppSettings { TwilioAccountSid = "AC0" }), Options.Create(new PipelineSettings()));

        var error = await Assert.ThrowsAsync<TwilioUnavailableException>(async () =>
        {
            await foreach (var page in twilio.ListAsync(DateTimeOffset.UtcNow, Cancellation))
                Assert.Empty(page);
        });

        Assert.Equal("twilio_foreign_address", error.Code);
    }

    private static InboundMessage From(string body) => new() { From = $"whatsapp:{DemoFamily.Owner.Phone}", Body = body };

    private string Remember(string body, DateTimeOffset at, string channel = "whatsapp:") =>
        App.Twilio.RememberInbound(new InboundMessage { From = $"{channel}{DemoFamily.Owner.Phone}", Body = body, At = at }).Sid;

    private Task<string> SourceAsync(string sid) => App.Database.ScalarAsync<string>("select source from webhook_events where message_sid = $1", sid);

    private Task<bool> IsOptedOutAsync() =>
        App.Database.ScalarAsync<bool>("select opted_out_at is not null from family_members where user_id = $1", DemoFamily.Owner.UserId);
}
