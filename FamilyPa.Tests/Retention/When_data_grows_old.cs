using System.Text;
using Azure.Storage.Blobs;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Retention;

public sealed class When_data_grows_old(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task Payloads_and_texts_go_after_thirty_days_and_the_skeleton_stays()
    {
        var old = await DoneAsync("buy old bread");
        var young = await DoneAsync("buy young bread");
        await AgeAsync(old, 31);
        await AgeAsync(young, 29);

        await App.RunTimerAsync("Retention");

        var row = await PayloadAsync(old);
        Assert.Equal(("{}", "", true, true), (row["payload"], row["body"], row["raw_payload"] is null, row["extraction"] is null));
        Assert.NotNull(row["purged_at"]);
        Assert.Equal(1, await App.CountAsync("tasks", old));
        Assert.Equal(1, await App.CountAsync("ai_usage", old));
        Assert.Equal(["extract succeeded", "finalize succeeded"], await App.AttemptsAsync(old));
        Assert.Equal("done", (await App.JobAsync(old))!.Status);
        Assert.NotEqual("", await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1", old));
        var kept = await PayloadAsync(young);
        Assert.Equal(("buy young bread", null), (kept["body"], kept["purged_at"]));
        Assert.NotEqual("{}", kept["payload"]);

        Assert.Equal("retention", await App.Database.ScalarAsync<string>("select actor from audit_log where action = 'purge_events' and (details ->> 'events')::int > 0 limit 1"));
        using var timeline = await App.Operator.GetAsync($"/api/admin/events/{old}", Cancellation);
        Assert.True(timeline.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Unfinished_messages_keep_their_input()
    {
        using var stall = App.OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor("unfinished"));
        var sid = await App.TextAsync("buy unfinished business");
        await App.WaitForJobAsync(sid, "failed");
        await App.Database.ExecuteAsync("update processing_jobs set status = 'extracting', generation = generation + 1, queued_at = now() + interval '1 hour' where message_sid = $1", sid);
        await AgeAsync(sid, 400);

        await App.RunTimerAsync("Retention");

        Assert.Equal("buy unfinished business", (await PayloadAsync(sid))["body"]);
    }

    [Fact]
    public async Task Media_go_after_seven_days_and_those_of_a_failed_message_when_its_payload_does()
    {
        var done = await DoneAsync("buy sound");
        var young = await DoneAsync("buy fury");
        var failed = await DoneAsync("buy nothing");
        await App.Database.ExecuteAsync("update processing_jobs set generation = 1, status = 'extracting' where message_sid = $1", failed);
        await App.Database.ExecuteAsync("update processing_jobs set status = 'failed' where message_sid = $1", failed);
        foreach (var (sid, days) in new[] { (done, 8), (young, 6), (failed, 8) })
        {
            await AddVoiceAsync(sid);
            await AgeAsync(sid, days);
        }

        await App.RunTimerAsync("Retention");

        Assert.Equal((false, true, true), (await HasBlobAsync(done), await HasBlobAsync(young), await HasBlobAsync(failed)));
        var row = Assert.Single(await App.Database.RowsAsync("select media_url, blob_name, content_type, size_bytes from media_files where message_sid = $1", done));
        Assert.Equal((null, null, "audio/ogg", 3L), (row["media_url"], row["blob_name"], row["content_type"], row["size_bytes"]));
        Assert.Equal("said", await App.Database.ScalarAsync<string>("select transcript from voice_transcriptions where message_sid = $1", done));

        await AgeAsync(failed, 31);
        await App.RunTimerAsync("Retention");
        Assert.False(await HasBlobAsync(failed));
    }

    [Fact]
    public async Task Transcripts_and_replies_go_after_ninety_days()
    {
        var sid = await DoneAsync("buy words");
        await AddVoiceAsync(sid);
        await App.Database.ExecuteAsync("insert into clarifications (family_id, user_id, message_sid, question, asked_at) values ($1, $2, $3, 'Which?', now() - interval '91 days')",
            DemoFamily.FamilyId, DemoFamily.Owner.UserId, sid);
        await AgeAsync(sid, 91);

        await App.RunTimerAsync("Retention");

        Assert.Equal(0, await App.CountAsync("voice_transcriptions", sid));
        Assert.Equal("", await App.Database.ScalarAsync<string>("select body from outbound_messages where message_sid = $1", sid));
        Assert.Equal("", await App.Database.ScalarAsync<string>("select question from clarifications where message_sid = $1", sid));
        Assert.Equal(1, await App.CountAsync("tasks", sid));
    }

    [Fact]
    public async Task Unknown_senders_poison_bodies_and_rejections_are_removed_in_batches()
    {
        await App.Database.ExecuteAsync("insert into verification_failures select now() - interval '31 days', n::text, 'bad_secret' from generate_series(1, 1200) n");
        await App.Database.ExecuteAsync("insert into verification_failures values (now() - interval '29 days', 'kept', 'bad_secret')");
        await App.Database.ExecuteAsync("insert into poison_messages (queue, queue_message_id, body, cause, from_address, created_at) values ('inbound', 'x', 'words', 'unreadable', '+1', now() - interval '31 days')");
        await App.Database.ExecuteAsync(
            "insert into unmatched_messages (message_sid, from_address, to_address, raw_payload, answered, received_at) values ('SMold', '+1', '+2', '{}', true, now() - interval '31 days')");
        await App.Database.ExecuteAsync(
            "insert into outbound_messages (message_sid, kind, to_address, from_address, body, status, created_at) values ('SMold', 'unknown_sender', '+1', '+2', 'Hello!', 'sent', now() - interval '31 days')");

        await App.Database.ExecuteAsync(
            "insert into number_opt_outs select sha256(convert_to(n::text, 'UTF8')), n = 1, now() - interval '31 days' from generate_series(1, 3) n");

        await App.RunTimerAsync("Retention");

        Assert.True(await App.Database.ScalarAsync<bool>("select bool_and(opted_out) from number_opt_outs"));
        Assert.Equal("kept", Assert.Single(await App.Database.RowsAsync("select address from verification_failures"))["address"]);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from unmatched_messages"));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from outbound_messages where family_id is null"));
        var poison = Assert.Single(await App.Database.RowsAsync("select body, from_address, cause from poison_messages where queue_message_id = 'x'"));
        Assert.Equal(("", null, "unreadable"), (poison["body"], poison["from_address"], poison["cause"]));
    }

    [Fact]
    public async Task Of_an_unknown_sender_nothing_stays_at_Twilio_either()
    {
        const string Phone = "whatsapp:+15005550099";
        await App.Twilio.SendInboundAsync(new InboundMessage { From = Phone, Body = "Who is this?" }, Cancellation);
        // The answer is in the webhook's response, so nobody tells us its SID.
        await App.Twilio.WaitForMessageAsync(message => message.To == Phone, FamilyPaApp.Patience);
        await App.Database.ExecuteAsync("update unmatched_messages set received_at = now() - interval '31 days' where from_address = $1", Phone);

        await App.RunTimerAsync("Retention");

        Assert.DoesNotContain(App.Twilio.All, message => message.From == Phone || message.To == Phone);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from erasure_items"));
    }

    [Fact]
    public async Task Expired_sign_in_data_is_removed_after_a_day()
    {
        foreach (var (age, kept) in ((string, int)[])[("25 hours", 0), ("23 hours", 1)])
        {
            await App.Database.ExecuteAsync(
                $"""
                with session as (insert into sessions (id, family_id, user_id, expires_at) values (gen_random_uuid(), $1, $2, now() - interval '{age}')),
                code as (insert into login_codes (id, phone_key, created_at, expires_at) values (gen_random_uuid(), 'key', now() - interval '{age}', now())),
                link as (insert into login_links (token_hash, family_id, user_id, expires_at) values (sha256('{age}'), $1, $2, now() - interval '{age}')),
                counted as (insert into sign_in_counts values ('codes_of_all', '', now() - interval '{age}', 1))
                insert into idempotency_keys (family_id, user_id, key, request_hash, created_at) values ($1, $2, '{age}', '', now() - interval '{age}')
                """,
                DemoFamily.FamilyId, DemoFamily.Owner.UserId);

            await App.RunTimerAsync("Retention");

            foreach (var table in (string[])["sessions", "login_codes", "login_links", "sign_in_counts", "idempotency_keys"])
                Assert.Equal((table, kept), (table, (int)await App.Database.ScalarAsync<long>($"select count(*) from {table}")));
        }
    }

    private async Task<string> DoneAsync(string words)
    {
        var sid = await App.TextAsync(words);
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private async Task AddVoiceAsync(string sid)
    {
        await App.Database.ExecuteAsync(
            "insert into media_files (family_id, message_sid, ordinal, media_url, content_type, blob_name, size_bytes) values ($1, $2, 0, 'https://x', 'audio/ogg', $2 || '/0', 3)",
            DemoFamily.FamilyId, sid);
        await App.Database.ExecuteAsync(
            "insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, seconds, deployment) values ($1, $2, 0, 'said', 1, 'x')", DemoFamily.FamilyId, sid);
        var container = new BlobContainerClient(App.Storage.ConnectionString, "media");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await container.GetBlobClient($"{sid}/0").UploadAsync(BinaryData.FromBytes(Encoding.ASCII.GetBytes("ogg")), Cancellation);
    }

    private async Task<bool> HasBlobAsync(string sid) => await new BlobClient(App.Storage.ConnectionString, "media", $"{sid}/0").ExistsAsync(Cancellation);

    /// <summary>Sets the message's age in days.</summary>
    private async Task AgeAsync(string sid, int days)
    {
        await App.Database.ExecuteAsync("alter table webhook_events disable trigger user");
        await App.Database.ExecuteAsync("update webhook_events set received_at = now() - make_interval(days => $2) where message_sid = $1", sid, days);
        await App.Database.ExecuteAsync("alter table webhook_events enable trigger user");
        foreach (var table in (string[])["media_files", "voice_transcriptions", "outbound_messages"])
            await App.Database.ExecuteAsync($"update {table} set created_at = now() - make_interval(days => $2) where message_sid = $1", sid, days);
    }

    private async Task<IReadOnlyDictionary<string, object?>> PayloadAsync(string sid) => Assert.Single(await App.Database.RowsAsync(
        """
        select e.raw_payload::text as payload, e.purged_at, m.body, m.raw_payload, j.extraction
        from webhook_events e join inbound_messages m using (message_sid) join processing_jobs j using (message_sid) where message_sid = $1
        """,
        sid));
}
