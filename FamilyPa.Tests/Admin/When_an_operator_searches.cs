using System.Text.Json;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_searches(QuietApp app) : AppTest<QuietApp>(app)
{
    [Fact]
    public async Task A_row_says_how_it_stands_and_nothing_of_what_was_written()
    {
        var sid = await App.StoredAsync(new() { Body = "PLANTED words", Status = "done", Phase = "finalize", Source = "reconciled" });

        var answer = await App.AskAsync("/api/admin/events?source=reconciled&status=done");
        var row = Assert.Single(Rows(answer));

        Assert.Equal((sid, "reconciled", DemoFamily.FamilyId.ToString()), (row.Text("message_sid"), row.Text("source"), row.Text("family_id")));
        Assert.Equal(
            ("whatsapp:…23", "done", "finalize", "1500", "0"),
            (row.Text("phone"), row.Text("status"), row.Text("phase"), row.Text("latency_ms"), row.Text("generation")));
        Assert.Equal(0, row.GetProperty("cost_usd").GetDecimal());
        Assert.DoesNotContain("PLANTED", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(DemoFamily.Owner.Phone[3..], answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_filter_narrows_it_down()
    {
        var sid = await App.StoredAsync(new()
        {
            From = DemoFamily.Second.Phone,
            Status = "rejected",
            Reason = "audio_too_long",
            ErrorCode = "odd",
            Phase = "download",
            ReceivedAt = new(2026, 5, 1, 8, 0, 0, default),
        });
        await App.StoredAsync(new() { Status = "failed", ErrorCode = "even", ReceivedAt = new(2026, 5, 2, 8, 0, 0, default) });
        string[] filters =
        [
            "status=rejected", "status=rejected,throttled", "status=rejected&status=throttled", "reason=audio_too_long", "status_reason=audio_too_long",
            "error_code=odd", "phase=download", $"phone={Uri.EscapeDataString(DemoFamily.Second.Phone)}", $"phone={DemoFamily.Second.Phone}",
            $"phone=whatsapp:{DemoFamily.Second.Phone}", "since=2026-05-01&until=2026-05-02", "since=2026-05-01T09:00:00%2B01:00&until=2026-05-01T08:00:00.001Z",
        ];

        foreach (var filter in filters)
            Assert.Equal([sid], Sids(await App.AskAsync($"/api/admin/events?{filter}")));
        Assert.Empty(Sids(await App.AskAsync("/api/admin/events?status=rejected&error_code=even")));
        Assert.Empty(Sids(await App.AskAsync($"/api/admin/events?status=rejected&family_id={Guid.NewGuid()}")));
        Assert.Equal([sid], Sids(await App.AskAsync($"/api/admin/events?status=rejected&family_id={DemoFamily.FamilyId}")));
    }

    [Fact]
    public async Task A_sender_in_no_family_is_found_too()
    {
        var form = App.Form("buy milk", "+15005550188");
        await App.PostAsync(form);

        var row = Assert.Single(Rows(await App.AskAsync("/api/admin/events?status=unmatched&phone=%2B15005550188")));

        Assert.Equal(
            (form["MessageSid"], "unmatched", "unknown_sender", "whatsapp:…88"),
            (row.Text("message_sid"), row.Text("status"), row.Text("status_reason"), row.Text("phone")));
    }

    [Fact]
    public async Task Pages_go_on_after_the_last_row_whatever_comes_in_meanwhile()
    {
        var moment = new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
        var all = new List<string>();
        for (var count = 0; count < 5; count++)
            all.Add(await App.StoredAsync(new() { ErrorCode = "paging", ReceivedAt = moment }));

        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = await App.AskAsync($"/api/admin/events?error_code=paging&limit=2{cursor}");
            seen.AddRange(Sids(page));
            cursor = page.Json.Text("next_cursor") is { } next ? $"&cursor={next}" : null;
            await App.StoredAsync(new() { ErrorCode = "paging", ReceivedAt = moment.AddMinutes(1) });
        }
        while (cursor is not null);

        Assert.Equal(all.OrderDescending(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("status=lost", "status")]
    [InlineData("status=", "status")]
    [InlineData("phase=lunch", "phase")]
    [InlineData("family_id=1", "family_id")]
    [InlineData("phone=12", "phone")]
    [InlineData("source=pigeon", "source")]
    [InlineData("since=soon", "since")]
    [InlineData("since=2026-05-02&until=2026-05-01", "since")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("error_code=%00", "error_code")]
    [InlineData("stauts=failed", "stauts")]
    public async Task What_makes_no_sense_is_a_clear_400(string query, string field)
    {
        var answer = await App.AskAsync($"/api/admin/events?{query}");

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code()));
        Assert.Equal([field], answer.WrongFields());
    }

    private static JsonElement[] Rows(Answer answer) => [.. answer.Json.GetProperty("events").EnumerateArray()];

    private static string[] Sids(Answer answer) => [.. Rows(answer).Select(row => row.Text("message_sid")!)];
}
