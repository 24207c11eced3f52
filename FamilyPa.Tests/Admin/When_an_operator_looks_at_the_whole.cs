using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_looks_at_the_whole(QuietApp app) : AppTest<QuietApp>(app)
{
    [Fact]
    public async Task It_counts_what_came_and_how_it_ended_and_shows_nothing_of_what_was_written()
    {
        await App.StoredAsync(new() { Status = "done", Phase = "finalize", Body = "PLANTED words" });
        await App.StoredAsync(new() { Status = "failed", ErrorCode = "ai_http_500", ReceivedAt = DateTimeOffset.UtcNow.AddMinutes(-20) });
        var latest = await App.StoredAsync(new() { Status = "failed", ErrorCode = "ai_http_500" });
        var waiting = await App.StoredAsync(new() { Status = "extracting", ReceivedAt = DateTimeOffset.UtcNow.AddMinutes(-40) });
        await App.StoredAsync(new() { Status = "failed", ErrorCode = "long_ago", ReceivedAt = DateTimeOffset.UtcNow.AddDays(-3) });

        var answer = await App.AskAsync("/api/admin/overview?hours=1");

        var overview = answer.Json;
        Assert.Equal((200, 4), (answer.Status, overview.GetProperty("messages").GetInt32()));
        Assert.Equal((1, 2), (overview.GetProperty("by_status").GetProperty("done").GetInt32(), overview.GetProperty("by_status").GetProperty("failed").GetInt32()));
        Assert.Equal(4, overview.GetProperty("volume").EnumerateArray().Sum(bucket => bucket.GetProperty("received").GetInt32()));
        var failure = Assert.Single(overview.GetProperty("failures").EnumerateArray());
        Assert.Equal(("extract", "ai_http_500", 2, latest), (failure.Text("phase"), failure.Text("code"), failure.GetProperty("messages").GetInt32(), failure.Text("latest_sid")));
        var oldest = overview.GetProperty("unfinished").GetProperty("oldest");
        Assert.Equal(waiting, oldest.Text("message_sid"));
        Assert.InRange(oldest.GetProperty("age_seconds").GetInt32(), 40 * 60, 41 * 60);
        Assert.Equal(1500, overview.GetProperty("latency_ms").GetProperty("p50").GetInt32());
        Assert.DoesNotContain("PLANTED", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(DemoFamily.Owner.Phone[3..], answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hours=0")]
    [InlineData("hours=745")]
    [InlineData("hours=1;drop table tasks")]
    [InlineData("days=1")]
    public async Task What_makes_no_sense_is_a_clear_400(string query)
    {
        var answer = await App.AskAsync($"/api/admin/overview?{query}");

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code()));
    }
}
