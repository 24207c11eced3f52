using System.Net.Http.Json;
using Azure.Storage.Blobs;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Durability;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Retention;

public sealed class When_a_family_is_deleted(ReconcilingApp app) : AppTest<ReconcilingApp>(app)
{
    private const string Name = "The Forgettables";
    private const string Phone = "+15005550042";

    private readonly List<string> sids = [];
    private Guid familyId;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        App.Twilio.Reset();
        sids.Clear();
    }

    [Fact]
    public async Task Nothing_is_left_of_it_anywhere_but_counts()
    {
        var others = await CountsAsync(DemoFamily.FamilyId);
        await LiveAsync();

        var answer = await DeleteAsync($"?confirm={familyId}");

        Assert.Equal(200, answer.Status);
        Assert.Equal((2, 3, 1, 0), (Number(answer, "members"), Number(answer, "messages"), Number(answer, "tasks"), Number(answer, "remaining")));
        Assert.True(answer.Json.GetProperty("cost_usd").GetDecimal() > 0);
        var everything = await EverythingAsync();
        Assert.All([familyId.ToString(), Name, "Ada", Phone, Phone[1..], "secret plan", .. sids], trace => Assert.DoesNotContain(trace, everything, StringComparison.Ordinal));
        Assert.DoesNotContain(App.Twilio.All, message => message.From.Contains(Phone, StringComparison.Ordinal) || message.To.Contains(Phone, StringComparison.Ordinal));
        Assert.DoesNotContain(
            new BlobContainerClient(App.Storage.ConnectionString, "media").GetBlobs(cancellationToken: Cancellation),
            blob => sids.Any(sid => blob.Name.StartsWith(sid, StringComparison.Ordinal)));
        Assert.Equal(others, await CountsAsync(DemoFamily.FamilyId));
        var row = Assert.Single(await App.Database.RowsAsync("select * from erasures where id = $1", answer.Json.GetProperty("erasure_id").GetGuid()));
        Assert.NotNull(row["completed_at"]);
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from audit_log where action = 'erase_family' and details ->> 'id' = $1", row["id"]!.ToString()));
        Assert.Equal(404, (await DeleteAsync($"?confirm={familyId}")).Status);
    }

    [Fact]
    public async Task Failed_deletions_at_Twilio_are_retried_and_never_ingested_again()
    {
        await LiveAsync();
        Guid erasure;
        using (App.Twilio.Faults.Add(Fault.Status("messages.delete", 503)))
        {
            var answer = await DeleteAsync($"?confirm={familyId}");
            Assert.True(Number(answer, "remaining") > 0);
            erasure = answer.Json.GetProperty("erasure_id").GetGuid();
            var sent = App.Twilio.Sent.Count;
            await App.RunTimerAsync("Reconciler");
            Assert.Equal(sent, App.Twilio.Sent.Count);
            Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from unmatched_messages where from_address like '%' || $1", Phone));
        }

        await App.RunTimerAsync("Retention");

        Assert.Empty(App.Twilio.All);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from erasure_items where erasure_id = $1", erasure));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from erasures where id = $1 and completed_at is not null", erasure));
    }

    [Fact]
    public async Task Its_running_jobs_end_without_dead_letters()
    {
        await CreateAsync();
        using var late = App.OpenAI.Faults.Add(Fault.Late("chat", TimeSpan.FromSeconds(1)).OnlyFor("hurry").Once());
        var sid = await App.TextAsync("hurry up", Phone);
        await late.WaitForHitsAsync(1, FamilyPaApp.Patience);

        Assert.Equal(200, (await DeleteAsync($"?confirm={familyId}")).Status);
        await App.Storage.Queue("extract").SendMessageAsync($$"""{"messageSid":"{{sid}}","generation":0}""", Cancellation);

        await App.WaitForAsync(() => Task.FromResult(App.Log), log => log.Contains($"Poison message {sid}", StringComparison.Ordinal), "the poison message to be read");
        Assert.Equal(0, await App.CountAsync("poison_messages", sid));
        Assert.DoesNotContain(App.Twilio.Sent, message => message.To.Contains(Phone, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reply_that_was_on_its_way_is_deleted_at_Twilio_too()
    {
        await CreateAsync();
        using var stall = App.Twilio.Faults.Add(Fault.Stall("messages.create", TimeSpan.FromSeconds(2)).Once());
        await SendAsync("buy secret plan");
        await stall.WaitForHitsAsync(1, FamilyPaApp.Patience);

        Assert.Equal(200, (await DeleteAsync($"?confirm={familyId}")).Status);
        await App.WaitForAsync(() => App.Database.ScalarAsync<long>("select count(*) from erasure_items where kind = 'message'"), count => count == 1, "the late SID");
        Assert.Single(App.Twilio.All);
        await App.RunTimerAsync("Retention");

        Assert.Empty(App.Twilio.All);
        Assert.DoesNotContain(Phone[1..], await EverythingAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_whose_SIDs_never_arrived_are_deleted_at_Twilio_too()
    {
        await CreateAsync();
        using (App.Twilio.Faults.Add(Fault.Cut("messages.create", CutPoint.AfterEffect)))
        {
            await new MemberClient(App, null).PostAsync("/api/session/code", new { phone = Phone });
            var (sid, _) = await SendAsync("buy secret plan");
            await App.WaitForJobAsync(sid, "done");
            await App.WaitForAsync(() => App.Database.ScalarAsync<long>("select count(*) from outbound_messages where status = 'uncertain'"), count => count == 2, "uncertain messages");
        }

        Assert.Equal(3, App.Twilio.All.Count);
        var answer = await DeleteAsync($"?confirm={familyId}");

        Assert.Equal((200, 0), (answer.Status, Number(answer, "remaining")));
        Assert.Empty(App.Twilio.All);
        Assert.DoesNotContain(Phone[1..], await EverythingAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_member_wrote_and_got_who_left_before_is_deleted_too()
    {
        await CreateAsync();
        var (sid, _) = await SendAsync("buy secret plan");
        await App.WaitForJobAsync(sid, "done");
        await App.Database.ExecuteAsync("update family_members set role = 'owner' where family_id = $1", familyId);
        await App.Database.ExecuteAsync("delete from family_members where phone_e164 = $1", Phone);
        // Now a stranger, who is told so.
        sids.Add((await App.Twilio.SendInboundAsync(new InboundMessage { From = $"whatsapp:{Phone}", Body = "secret plan?" }, Cancellation)).MessageSid);
        await App.WaitForAsync(() => App.Database.ScalarAsync<long>("select count(*) from unmatched_messages"), count => count == 1, "the stranger's message");

        Assert.Equal(200, (await DeleteAsync($"?confirm={familyId}")).Status);

        Assert.Empty(App.Twilio.All);
        var everything = await EverythingAsync();
        Assert.All([Phone[1..], "secret plan", .. sids], trace => Assert.DoesNotContain(trace, everything, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?confirm=yes")]
    [InlineData("?confirm=0f000000-0000-4000-8000-000000000099")]
    public async Task It_has_to_be_confirmed(string query)
    {
        familyId = DemoFamily.FamilyId;

        var answer = await DeleteAsync(query);

        Assert.Equal((400, "confirmation_required"), (answer.Status, answer.Json.GetProperty("code").GetString()));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from families where id = $1", familyId));
    }

    [Fact]
    public async Task Every_table_that_knows_families_is_emptied_of_it()
    {
        var kept = await App.Database.RowsAsync(
            """
            select c.table_name from information_schema.columns c
            join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
            where c.table_schema = 'public' and c.column_name = 'family_id' and not exists (
              select from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
              where k.conrelid = format('%I', c.table_name)::regclass and k.contype = 'f' and k.confrelid = 'families'::regclass
                and k.confdeltype = 'c' and a.attname = 'family_id')
            """);

        // erase_family removes the family from the audit log, whose rows are kept.
        Assert.Equal(["audit_log"], kept.Select(row => row["table_name"]));
    }

    [Fact]
    public async Task An_opt_out_is_kept_without_the_number()
    {
        await CreateAsync();
        await App.WaitForJobAsync(await App.TextAsync("STOP", Phone), "done");
        Assert.Equal(200, (await DeleteAsync($"?confirm={familyId}")).Status);
        Assert.DoesNotContain(Phone[1..], await EverythingAsync(), StringComparison.Ordinal);

        await CreateAsync();

        Assert.Equal(
            ["+15005550042"],
            (await App.Database.RowsAsync("select phone_e164 from family_members where family_id = $1 and opted_out_at is not null", familyId)).Select(row => row["phone_e164"]));
        await App.Database.ExecuteAsync("update family_members set opted_out_at = null where family_id = $1", familyId);
        Assert.Equal(200, (await DeleteAsync($"?confirm={familyId}")).Status);
    }

    [Fact]
    public async Task Operators_see_the_families_there_are()
    {
        await CreateAsync();
        var first = await GetAsync("?limit=1");
        var second = await GetAsync($"?limit=1&after={first.Json.GetProperty("next").GetGuid()}");
        var ids = first.Json.GetProperty("families").EnumerateArray().Concat(second.Json.GetProperty("families").EnumerateArray()).Select(family => family.GetProperty("id").GetGuid());
        Assert.Equal(new[] { familyId, DemoFamily.FamilyId }.Order(), ids.Order());

        var one = (await GetAsync($"/{familyId}")).Json;
        Assert.Equal((Name, 2), (one.GetProperty("name").GetString(), one.GetProperty("member_count").GetInt32()));
        Assert.Equal(["…42", "…43"], one.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("phone").GetString()).Order());
        Assert.Equal((404, 404, 400), ((await GetAsync($"/{Guid.NewGuid()}")).Status, (await GetAsync("/nonsense")).Status, (await GetAsync("?limit=0")).Status));
        Assert.Equal(200, (await DeleteAsync($"?confirm={familyId}")).Status);
    }

    /// <summary>Creates data in every table and store.</summary>
    private async Task LiveAsync()
    {
        // Before it was a family, a stranger, who was told late and by a message.
        sids.Add(App.Twilio.RememberInbound(new InboundMessage { From = $"whatsapp:{Phone}", Body = "hi", At = DateTimeOffset.UtcNow.AddMinutes(-5) }).Sid);
        await App.RunTimerAsync("Reconciler");
        await App.Twilio.WaitForMessageAsync(message => message.To == $"whatsapp:{Phone}", FamilyPaApp.Patience);
        var stranger = App.Form("hello", Phone);
        await App.PostAsync(stranger);
        sids.Add(stranger["MessageSid"]);
        await CreateAsync();
        await new MemberClient(App, null).PostAsync("/api/session/code", new { phone = Phone });
        await App.WaitForAsync(() => App.Database.ScalarAsync<long>("select count(*) from outbound_messages where kind = 'code' and status = 'sent'"), count => count == 1, "a sign-in code");
        var (done, _) = await SendAsync("buy secret plan");
        await App.WaitForJobAsync(done, "done");
        using (App.OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor("secret plan B")))
        {
            var (failed, _) = await SendAsync("secret plan B");
            await App.WaitForJobAsync(failed, "failed");
        }

        var (voice, message) = await SendAsync("", new InboundMedia("audio/ogg", [1, 2, 3]));
        await App.WaitForJobAsync(voice);
        await App.Database.ExecuteAsync(
            "insert into media_files (family_id, message_sid, ordinal, media_url, content_type, blob_name, size_bytes) values ($1, $2, 0, $3, 'audio/ogg', $2 || '/0', 3) on conflict do nothing",
            familyId, voice, message.Media[0].Sid);
        await App.Database.ExecuteAsync(
            "insert into voice_transcriptions (family_id, message_sid, ordinal, transcript, seconds, deployment) values ($1, $2, 7, 'secret plan', 1, 'x')", familyId, voice);
        var container = new BlobContainerClient(App.Storage.ConnectionString, "media");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await container.GetBlobClient($"{voice}/0").UploadAsync(BinaryData.FromString("ogg"), overwrite: true, Cancellation);
        await App.Database.ExecuteAsync(
            """
            insert into clarifications (family_id, user_id, message_sid, task_id, question)
            select family_id, created_by, source_message_sid, id, 'secret plan?' from tasks where source_message_sid = $1
            """,
            done);
        await App.Database.ExecuteAsync("insert into poison_messages (queue, queue_message_id, body, cause, from_address) values ('inbound', 'gone', 'secret plan', 'x', $1)", $"whatsapp:{Phone}");
        using var replayed = await App.Operator.PostAsJsonAsync("/api/admin/replay-webhook", new { message_sid = done, dry_run = true }, Cancellation);
        replayed.EnsureSuccessStatusCode();
    }

    private async Task<(string Sid, TwilioMessage Message)> SendAsync(string body, params InboundMedia[] media)
    {
        var delivery = await App.Twilio.SendInboundAsync(new InboundMessage { From = $"whatsapp:{Phone}", Body = body, Media = media }, Cancellation);
        Assert.Equal(200, delivery.Status);
        sids.Add(delivery.MessageSid);
        return (delivery.MessageSid, App.Twilio.Received.Single(message => message.Sid == delivery.MessageSid));
    }

    private async Task CreateAsync()
    {
        var members = new[] { new { name = "Ada", role = "owner", phone = Phone }, new { name = "Ben", role = "member", phone = "+15005550043" } };
        using var answer = await App.Operator.PostAsJsonAsync("/api/admin/families", new { name = Name, timezone = "UTC", members }, Cancellation);
        familyId = (await Answer.ReadAsync(answer)).Json.GetProperty("id").GetGuid();
    }

    private async Task<Answer> DeleteAsync(string query)
    {
        using var answer = await App.Operator.DeleteAsync($"/api/admin/families/{familyId}{query}", Cancellation);
        return await Answer.ReadAsync(answer);
    }

    private async Task<Answer> GetAsync(string rest)
    {
        using var answer = await App.Operator.GetAsync($"/api/admin/families{rest}", Cancellation);
        return await Answer.ReadAsync(answer);
    }

    private static long Number(Answer answer, string name) => answer.Json.GetProperty(name).GetInt64();

    private Task<long> CountsAsync(Guid family) => App.Database.ScalarAsync<long>(
        "select (select count(*) from webhook_events where family_id = $1) + (select count(*) from tasks where family_id = $1) + (select count(*) from audit_log where family_id = $1)", family);

    /// <summary>All rows of all tables.</summary>
    private async Task<string> EverythingAsync()
    {
        var tables = await App.Database.RowsAsync("select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace");
        var text = "";
        foreach (var table in tables)
            text += await App.Database.ScalarAsync<string?>($"select string_agg(t::text, E'\n') from {table["name"]} t");
        return text;
    }
}
