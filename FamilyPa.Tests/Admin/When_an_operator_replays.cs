using System.Net.Http.Json;
using System.Text;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_replays(FastApp app) : AppTest<FastApp>(app)
{
    [Fact]
    public async Task A_done_message_is_left_alone_unless_a_phase_is_named()
    {
        var sid = await DoneAsync();

        Assert.Equal("already_done", (await App.ReplayAsync(new { message_sid = sid })).Json.GetProperty("jobs")[0].GetProperty("outcome").GetString());
        Assert.Equal(2, await AttemptsAsync(sid));
    }

    [Fact]
    public async Task A_named_phase_is_done_anew_and_adds_nothing()
    {
        var sid = await DoneAsync();

        for (var generation = 1; generation <= 2; generation++)
        {
            var job = (await App.ReplayAsync(new { message_sid = sid, from_phase = "extract" })).Json.GetProperty("jobs")[0];
            Assert.Equal(("replayed", generation), (job.GetProperty("outcome").GetString(), job.GetProperty("generation").GetInt32()));
            await App.WaitForJobAsync(sid, "done");
        }

        Assert.Equal(6, await AttemptsAsync(sid));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = $1", sid));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from outbound_messages where message_sid = $1", sid));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from audit_log where message_sid = $1 and action = 'replay'", sid));
    }

    [Theory]
    [InlineData("download")]
    [InlineData("extract")]
    [InlineData("finalize")]
    public async Task A_text_can_be_replayed_from_every_phase(string phase)
    {
        var sid = await DoneAsync();

        await App.ReplayAsync(new { message_sid = sid, from_phase = phase });

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, (await App.JobAsync(sid))!.Generation);
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = $1", sid));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from outbound_messages where message_sid = $1", sid));
    }

    [Fact]
    public async Task A_keyword_never_becomes_a_task()
    {
        var sid = await App.TextAsync("HELP");
        await App.WaitForJobAsync(sid, "done");

        await App.ReplayAsync(new { message_sid = sid, from_phase = "extract" });

        await App.WaitForAsync(() => App.JobAsync(sid), job => job is { Status: "done", Generation: 1 }, "the replay");
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = $1", sid));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from ai_usage where message_sid = $1", sid));
    }

    [Fact]
    public async Task A_message_from_before_its_sender_was_in_a_family_is_taken_in()
    {
        var form = App.Form("buy milk", "+15005550177");
        var sid = form["MessageSid"];
        await App.PostAsync(form);
        Assert.Equal([(sid, "unknown_sender")], (await App.ReplayAsync(new { message_sid = sid })).Outcomes());

        using var created = await App.Operator.PostAsJsonAsync(
            "/api/admin/families", new { name = "Late", timezone = "UTC", members = new[] { new { name = "Ann", role = "owner", phone = "+15005550177" } } }, Cancellation);
        Assert.Equal([(sid, "would_ingest")], (await App.ReplayAsync(new { message_sid = sid, dry_run = true })).Outcomes());
        var answer = await App.ReplayAsync(new { message_sid = sid });

        Assert.Equal([(sid, "ingested")], answer.Outcomes());
        Assert.NotNull(answer.Json.GetProperty("jobs")[0].Text("job_id"));
        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from tasks where source_message_sid = $1", sid));
        Assert.Equal([(sid, "already_done")], (await App.ReplayAsync(new { message_sid = sid })).Outcomes());
        var found = (await App.AskAsync("/api/admin/events?phone=%2B15005550177")).Json.GetProperty("events").EnumerateArray();
        Assert.Equal("done", Assert.Single(found).Text("status"));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        var sid = await DoneAsync();

        var job = (await App.ReplayAsync(new { message_sid = sid, from_phase = "finalize", dry_run = true })).Json.GetProperty("jobs")[0];

        Assert.Equal("would_replay", job.GetProperty("outcome").GetString());
        Assert.Equal(0, (await App.JobAsync(sid))!.Generation);
    }

    [Fact]
    public async Task The_event_can_be_named_in_place_of_the_message()
    {
        var sid = await DoneAsync();
        var id = await App.Database.ScalarAsync<Guid>("select id from webhook_events where message_sid = $1", sid);

        Assert.Equal(sid, (await App.ReplayAsync(new { webhook_event_id = id })).Json.GetProperty("jobs")[0].GetProperty("message_sid").GetString());
    }

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("{\"message_sid\":42}", "invalid_json")]
    [InlineData("{}", "invalid_request")]
    [InlineData("{\"filter\":{\"error_code\":\"\\ud800\"}}", "invalid_request")]
    [InlineData("{\"message_sid\":\"SM1\",\"webhook_event_id\":\"0f000000-0000-4000-8000-000000000001\"}", "invalid_request")]
    [InlineData("{\"message_sid\":\"SM1\",\"from_phase\":\"lunch\"}", "invalid_request")]
    public async Task What_makes_no_sense_is_a_clear_400(string body, string code)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await App.Operator.PostAsync("/api/admin/replay-webhook", content, Cancellation);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((400, code), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task An_unknown_message_is_a_404() => Assert.Equal(404, (await App.ReplayAsync(new { message_sid = "SM404" })).Status);

    private async Task<string> DoneAsync()
    {
        var sid = await App.TextAsync("buy milk");
        await App.WaitForJobAsync(sid, "done");
        return sid;
    }

    private Task<long> AttemptsAsync(string sid) => App.Database.ScalarAsync<long>(
        "select count(*) from job_attempts a join processing_jobs j on j.id = a.job_id where j.message_sid = $1", sid);
}
