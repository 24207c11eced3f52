using System.Text.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_lists_dead_letters(QuietApp app) : AppTest<QuietApp>(app)
{
    [Fact]
    public async Task The_newest_comes_first_with_its_cause_and_what_became_of_its_job()
    {
        var sid = await App.StoredAsync(new());
        var rubbish = await AddAsync("extract", "rubbish", null, "unreadable", age: 2);
        var failed = await AddAsync("extract", sid, sid, "ai_http_500", age: 1);
        await AddAsync("finalize", "x", null, "unreadable", age: 3);

        var rows = Rows(await App.AskAsync("/api/admin/dead-letters?queue=extract-poison"));

        Assert.Equal([failed.ToString(), rubbish.ToString()], rows.Select(row => row.Text("id")));
        Assert.Equal(
            ("extract", sid, "ai_http_500", sid, "failed"),
            (rows[0].Text("queue"), rows[0].Text("message_sid"), rows[0].Text("cause"), rows[0].Text("body"), rows[0].Text("job_status")));
        var narrowed = Rows(await App.AskAsync($"/api/admin/dead-letters?message_sid={sid}&cause=ai_http_500&since=2020-01-01"));
        Assert.Equal([failed.ToString()], narrowed.Select(row => row.Text("id")));
        var first = await App.AskAsync("/api/admin/dead-letters?queue=extract&limit=1");
        var second = await App.AskAsync($"/api/admin/dead-letters?queue=extract&limit=1&cursor={first.Json.Text("next_cursor")}");
        Assert.Equal([rubbish.ToString()], Rows(second).Select(row => row.Text("id")));
        Assert.Null(second.Json.Text("next_cursor"));
    }

    [Fact]
    public async Task A_whole_message_shows_its_length_alone_unless_asked_for_and_that_is_noted()
    {
        await AddAsync("inbound", "{\"Body\":\"PLANTED\"}", null, "unreadable", age: 1);

        var masked = Assert.Single(Rows(await App.AskAsync("/api/admin/dead-letters?queue=inbound")));
        Assert.Equal((null, "18"), (masked.Text("body"), masked.Text("body_length")));
        Assert.Equal(0, await RevealsAsync());

        Assert.Contains("PLANTED", (await App.AskAsync("/api/admin/dead-letters?queue=inbound&reveal=true")).Body, StringComparison.Ordinal);
        Assert.Equal(1, await RevealsAsync());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("since=soon", "since")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=MTpTTTE", "cursor")]
    [InlineData("reveal=perhaps", "reveal")]
    public async Task What_makes_no_sense_is_a_clear_400(string query, string field)
    {
        var answer = await App.AskAsync($"/api/admin/dead-letters?{query}");

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code()));
        Assert.Equal([field], answer.WrongFields());
    }

    private static JsonElement[] Rows(Answer answer) => [.. answer.Json.GetProperty("dead_letters").EnumerateArray()];

    private Task<long> RevealsAsync() => App.Database.ScalarAsync<long>("select count(*) from audit_log where action = 'reveal'");

    private Task<Guid> AddAsync(string queue, string body, string? messageSid, string cause, int age) => App.Database.ScalarAsync<Guid>(
        """
        insert into poison_messages (queue, queue_message_id, body, message_sid, cause, created_at)
        values ($1, gen_random_uuid(), $2, $3, $4, now() - $5 * interval '1 minute') returning id
        """,
        queue, body, messageSid, cause, age);
}
