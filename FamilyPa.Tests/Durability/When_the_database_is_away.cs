using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Durability;

public sealed class When_the_database_is_away(OutageApp app) : AppTest<OutageApp>(app)
{
    public enum Outage { Refused, Frozen, Starting, NoConnectionsLeft }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(Outage.Refused)]
    [InlineData(Outage.Frozen)]
    [InlineData(Outage.Starting)]
    [InlineData(Outage.NoConnectionsLeft)]
    public async Task A_message_is_acknowledged_soon_and_taken_in_once_it_is_back(Outage outage)
    {
        await BeginAsync(outage);
        var form = App.Form("buy milk tomorrow");
        var clock = Stopwatch.StartNew();
        var sent = DateTime.UtcNow;

        var answer = await App.PostAsync(form);

        Assert.Equal((200, "text/xml"), (answer.Status, answer.ContentType));
        Assert.EndsWith("<Response></Response>", answer.Body, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
        // The answer is up to a second old.
        await App.WaitForAsync(ReadyAsync, status => status == 503, "the health check to notice");
        await EndAsync();

        var sid = form["MessageSid"];
        await App.WaitForJobAsync(sid, "done");
        await App.WaitForAsync(ReadyAsync, status => status == 200, "health");
        var row = Assert.Single(await App.Database.RowsAsync(
            "select e.source, e.received_at, e.raw_payload::text as form, m.created_at from webhook_events e join inbound_messages m using (message_sid) where message_sid = $1", sid));
        // What a frozen database had in hand, it may still store when it wakes.
        Assert.Contains(row["source"], outage == Outage.Frozen ? ["fallback", "webhook"] : (string[])["fallback"]);
        Assert.Equal(row["received_at"], row["created_at"]);
        if (row["source"] is "fallback")
            Assert.InRange((DateTime)row["received_at"]!, sent.AddSeconds(-1), sent.AddSeconds(1));
        Assert.Equal(form, JsonSerializer.Deserialize<Dictionary<string, string>>((string)row["form"]!));
        await AssertOnceAsync(sid);
    }

    [Fact]
    public async Task Many_at_once_are_acknowledged_soon_also_by_one_that_freezes_with_all_its_connections()
    {
        var before = await Task.WhenAll(Enumerable.Range(0, 25).Select(number => App.TextAsync($"buy thing {number}")));
        App.Postgres.Freeze();
        var during = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            // The first find it frozen, the later ones all that waits for it and gives up.
            var clock = Stopwatch.StartNew();
            during.AddRange(await Task.WhenAll(Enumerable.Range(0, 30).Select(number => App.TextAsync($"buy other thing {number}"))));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"The last one took {clock.Elapsed}.");
        }

        App.PassOn();

        string[] all = [.. before, .. during];
        await App.WaitForAsync(
            () => App.Database.ScalarAsync<long>("select count(*) from processing_jobs where status = 'done' and message_sid = any ($1)", [all]),
            count => count == all.Length, "all of them to be done", TimeSpan.FromSeconds(90));
        Assert.Equal(all.Length, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = any ($1)", [all]));
        Assert.Equal(all.Length, await App.Database.ScalarAsync<long>("select count(*) from ai_usage where message_sid = any ($1)", [all]));
    }

    [Fact]
    public async Task It_is_still_one_message_when_Twilio_delivers_it_again_before_and_after()
    {
        App.Postgres.Refuse();
        var form = App.Form("buy bread");
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        App.Postgres.PassOn();
        Assert.Equal(200, (await App.PostAsync(form)).Status);

        await App.WaitForJobAsync(form["MessageSid"], "done");
        await App.WaitForAsync(() => WaitingAsync("inbound"), waiting => waiting == 0, "the queue inbound to be empty");
        await AssertOnceAsync(form["MessageSid"]);
    }

    [Fact]
    public async Task The_largest_form_comes_through_as_it_was()
    {
        App.Postgres.Refuse();
        var form = App.Form("buy cheese");
        form["ChannelMetadata"] = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~", 64_000);
        var raw = string.Join('&', form.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        Assert.Equal(200, (await App.PostAsync(form, new Tamper { RawBody = raw, SignedForm = form })).Status);
        App.Postgres.PassOn();

        await App.WaitForJobAsync(form["MessageSid"], "done");
        var stored = Assert.Single(await App.Database.RowsAsync("select raw_payload::text as form, size_bytes from webhook_events where message_sid = $1", form["MessageSid"]));
        Assert.Equal(form, JsonSerializer.Deserialize<Dictionary<string, string>>((string)stored["form"]!));
        Assert.Equal(raw.Length, stored["size_bytes"]);
    }

    [Fact]
    public async Task A_stranger_is_told_by_a_message_once_for_there_is_no_TwiML_any_more()
    {
        App.Postgres.Refuse();
        var forms = Enumerable.Range(0, 2).Select(_ => App.Form("hello", "+15005550009")).ToList();
        foreach (var form in forms)
            Assert.EndsWith("<Response></Response>", (await App.PostAsync(form)).Body, StringComparison.Ordinal);
        App.Postgres.PassOn();

        await App.WaitForAsync(
            () => App.Database.ScalarAsync<long>("select count(*) from unmatched_messages where source = 'fallback' and from_address = 'whatsapp:+15005550009'"),
            count => count == 2, "both messages");
        await App.Twilio.WaitForMessageAsync(message => message.To == "whatsapp:+15005550009", FamilyPaApp.Patience);
        Assert.StartsWith("Hello!", Assert.Single(App.Twilio.Sent, message => message.To == "whatsapp:+15005550009").Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_model_answered_meanwhile_is_kept_and_paid_for_once()
    {
        using var late = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(1)).OnlyFor("expensive").Once());
        var sid = await App.TextAsync("buy expensive wine");
        await late.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await StayAwayUntilTriedAgainAsync();

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(sid));
        Assert.Single(App.OpenAI.Requests, request => request.Body.Contains("expensive", StringComparison.Ordinal));
        Assert.Equal(1, await App.CountAsync("ai_usage", sid));
    }

    [Fact]
    public async Task A_reply_that_went_out_meanwhile_is_known_to_be_sent()
    {
        using var late = App.Twilio.Faults.Add(Fault.Late("messages.create", TimeSpan.FromSeconds(1)).OnlyFor("umbrella").Once());
        var sid = await App.TextAsync("buy umbrella");
        await late.WaitForHitsAsync(1, FamilyPaApp.Patience);

        await StayAwayUntilTriedAgainAsync();

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal("sent", await App.Database.ScalarAsync<string>("select status from outbound_messages where message_sid = $1", sid));
        await AssertOnceAsync(sid);
    }

    [Fact]
    public async Task Messages_in_every_phase_get_through_and_lose_no_try()
    {
        var sids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            sids.Add(await App.TextAsync($"buy thing {i}"));
            if (i % 10 == 5)
                App.Postgres.Cut();
            if (i == 16)
                App.Postgres.Refuse();
        }

        await App.WaitForAsync(() => Task.FromResult(App.Log), log => log.Contains($"Message {sids[^1]} deferred in queue", StringComparison.Ordinal), "the last message to be tried in vain");
        App.Postgres.PassOn();

        foreach (var sid in sids)
        {
            // A commit whose confirmation was lost is the sweeper's to go on from.
            await App.WaitForAsync(() => App.JobAsync(sid), job => job?.Status == "done", $"{sid} to be done", TimeSpan.FromSeconds(60));
            Assert.Equal(1, await App.CountAsync("tasks", sid));
            Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
            Assert.Equal(1, await App.CountAsync("ai_usage", sid));
        }

        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from poison_messages where message_sid = any ($1)", [sids.ToArray()]));
    }

    [Fact]
    public async Task What_can_never_be_stored_ends_in_poison_with_its_cause_and_its_body()
    {
        var (sid, row) = await EndInPoisonAsync("buy trouble");
        Assert.Equal(("inbound", "database_23514"), (row["queue"], row["cause"]));

        // Put back by hand once the cause is repaired, it goes its way.
        await App.Storage.Queue("inbound").SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes((string)row["body"]!)), Cancellation);
        await App.WaitForJobAsync(sid, "done");
        await AssertOnceAsync(sid);
    }

    [Fact]
    public async Task One_whose_tries_all_ended_without_a_word_is_taken_in_at_last()
    {
        var (sid, row) = await EndInPoisonAsync("buy luck");
        var fallback = JsonNode.Parse((string)row["body"]!)!.AsObject();
        Assert.True(fallback.Remove("cause"));

        // As the platform puts it there once the process has died five times over it.
        await App.Storage.Queue("inbound-poison").SendMessageAsync(fallback.ToJsonString(), Cancellation);

        await App.WaitForJobAsync(sid, "done");
        await AssertOnceAsync(sid);
        Assert.Single(await PoisonAsync("message_sid = $1", sid));
    }

    [Fact]
    public async Task Poison_waits_for_it_too()
    {
        App.Postgres.Refuse();
        await App.Storage.Queue("inbound").SendMessageAsync("this is no message", Cancellation);
        await App.Storage.Queue("extract-poison").SendMessageAsync("nor is this", Cancellation);
        await App.WaitForAsync(() => Task.FromResult(App.Log), log => log.Split("Poison message of queue").Length > 6, "both to be tried a few times");
        App.Postgres.PassOn();

        var rows = await App.WaitForAsync(
            () => App.Database.RowsAsync("select queue, body, cause from poison_messages where body like '% is % message' or body like 'nor%' order by queue"),
            rows => rows.Count == 2, "both poison rows");
        Assert.Equal([("extract", "nor is this", "unreadable"), ("inbound", "this is no message", "unreadable")],
            rows.Select(row => (row["queue"], row["body"], row["cause"])));
    }

    /// <summary>A message that the database refused, acknowledged all the same; it would be taken now.</summary>
    private async Task<(string Sid, IReadOnlyDictionary<string, object?> Row)> EndInPoisonAsync(string text)
    {
        var form = App.Form(text);
        var sid = form["MessageSid"];
        await App.Database.ExecuteAsync($"alter table webhook_events add constraint never check (message_sid <> '{sid}') not valid");
        Assert.Equal(200, (await App.PostAsync(form)).Status);
        var row = Assert.Single(await PoisonAsync("message_sid = $1", sid));
        await App.Database.ExecuteAsync("alter table webhook_events drop constraint never");
        return (sid, row);
    }

    private async Task BeginAsync(Outage outage)
    {
        switch (outage)
        {
            case Outage.Refused:
                App.Postgres.Refuse();
                break;
            case Outage.Frozen:
                App.Postgres.Freeze();
                break;
            case Outage.Starting:
                App.Postgres.AnswerAll(OutageApp.PostgresError("57P03"));
                break;
            case Outage.NoConnectionsLeft:
                await App.Database.ExecuteAsync($"alter database {App.Database.Name} connection limit 0");
                App.Postgres.Cut();
                break;
        }
    }

    /// <summary>
    /// An outage that lasts until the app has tried to store something and tried again. While the answer of a service is awaited, only storing it makes the app
    /// connect; the other connections are for the lease of the job, which is renewed later.
    /// </summary>
    private async Task StayAwayUntilTriedAgainAsync()
    {
        var before = App.Postgres.Answered;
        await BeginAsync(Outage.Starting);
        await App.WaitForAsync(() => Task.FromResult(App.Postgres.Answered - before), tries => tries >= 2, "the app to try again");
        App.Postgres.PassOn();
    }

    private async Task EndAsync()
    {
        await App.Database.ExecuteAsync($"alter database {App.Database.Name} connection limit -1");
        App.PassOn();
    }

    private async Task<int> ReadyAsync()
    {
        using var answer = await App.Http.GetAsync("/api/health/ready", Cancellation);
        return (int)answer.StatusCode;
    }

    private async Task<int> WaitingAsync(string queue) =>
        (await App.Storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> PoisonAsync(string where, object value) => App.WaitForAsync(
        () => App.Database.RowsAsync($"select * from poison_messages where {where}", value), rows => rows.Count > 0, "the poison row");

    private async Task AssertOnceAsync(string sid)
    {
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
        var reply = await App.Database.ScalarAsync<string>("select provider_sid from outbound_messages where message_sid = $1", sid);
        Assert.Single(App.Twilio.Sent, message => message.Sid == reply);
    }
}
