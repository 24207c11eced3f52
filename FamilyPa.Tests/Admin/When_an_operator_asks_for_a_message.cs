using System.Net;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

public sealed class When_an_operator_asks_for_a_message(FamilyPaApp app) : AppTest(app)
{
    [Fact]
    public async Task Its_whole_story_is_one_call_with_phone_numbers_masked()
    {
        var sid = await App.TextAsync("buy milk");
        await App.WaitForJobAsync(sid);

        using var response = await App.Operator.GetAsync($"/api/admin/events/{sid}", Cancellation);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal("done", answer.Json.GetProperty("job").GetProperty("status").GetString());
        Assert.Equal("buy milk", answer.Json.GetProperty("event").GetProperty("payload").GetProperty("Body").GetString());
        Assert.Equal("whatsapp:…23", answer.Json.GetProperty("event").GetProperty("payload").GetProperty("From").GetString());
        Assert.Equal(2, answer.Json.GetProperty("attempts").GetArrayLength());
        Assert.Equal(1, answer.Json.GetProperty("tasks").GetArrayLength());
        Assert.Equal(1, answer.Json.GetProperty("replies").GetArrayLength());
        Assert.True(answer.Json.GetProperty("cost_usd").GetDecimal() > 0);
        Assert.DoesNotContain(DemoFamily.Owner.Phone, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("lease_token", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_in_no_family_has_a_story_too()
    {
        var form = App.Form("buy milk", null, ("From", "+15005550123"));
        await App.PostAsync(form);

        using var response = await App.Operator.GetAsync($"/api/admin/events/{form["MessageSid"]}", Cancellation);

        Assert.Equal("unknown_sender", (await Answer.ReadAsync(response)).Json.GetProperty("unmatched").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("SM00000000000000000000000000000000")]
    [InlineData("'%20or%20'1'='1")]
    public async Task An_unknown_one_is_a_clear_404(string sid)
    {
        using var response = await App.Operator.GetAsync($"/api/admin/events/{sid}", Cancellation);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((404, "unknown_message"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Nobody_else_is_told_anything()
    {
        using var response = await App.Http.GetAsync("/api/admin/events/SM1", Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/health/live")]
    [InlineData("/api/health/ready")]
    public async Task Health_answers_anyone_with_nothing_but_200(string path)
    {
        using var response = await App.Http.GetAsync(path, Cancellation);

        Assert.Equal((HttpStatusCode.OK, ""), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
    }
}
