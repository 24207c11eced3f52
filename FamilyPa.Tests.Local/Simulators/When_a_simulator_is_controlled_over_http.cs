using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using OpenAI.Chat;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_a_simulator_is_controlled_over_http : IAsyncLifetime
{
    private TwilioAccount twilio = null!;
    private AzureOpenAISimulator openAI = null!;
    private WebhookReceiver app = null!;
    private HttpClient control = null!;

    public async ValueTask InitializeAsync()
    {
        app = await WebhookReceiver.StartAsync();
        twilio = await TwilioAccount.OpenAsync();
        openAI = await AzureOpenAISimulator.StartAsync();
        control = new HttpClient { BaseAddress = new Uri(twilio.Simulator.BaseUrl) };
    }

    public async ValueTask DisposeAsync()
    {
        control.Dispose();
        await openAI.DisposeAsync();
        await twilio.DisposeAsync();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_family_member_can_be_played()
    {
        using var set = await PutAsync("/simulator/webhook", new { url = app.Url });
        var delivery = await PostAsync("/simulator/inbound", new
        {
            from = TwilioAccount.Anns,
            body = "hi",
            media = new[] { new { contentType = "audio/ogg", content = Convert.ToBase64String([1, 2, 3]) } },
        });
        await PostAsync($"/simulator/inbound/{delivery.GetProperty("messageSid").GetString()}", new { });
        await PostAsync("/simulator/inbound", new { from = TwilioAccount.Anns, body = "lost", deliver = false });

        Assert.Equal((200, true), (delivery.GetProperty("status").GetInt32(), delivery.GetProperty("accepted").GetBoolean()));
        Assert.Equal(2, app.Got.Count);
        var messages = await control.GetFromJsonAsync<JsonElement>("/simulator/messages?direction=inbound", TestContext.Current.CancellationToken);
        Assert.Equal(["hi", "lost"], messages.EnumerateArray().Select(message => message.GetProperty("body").GetString()));
        Assert.Equal(3, messages[0].GetProperty("media")[0].GetProperty("size").GetInt32());
    }

    [Fact]
    public async Task Statuses_can_be_set()
    {
        var (_, sent) = await twilio.ReplyAsync("hi", ("StatusCallback", app.Url));

        var report = await PostAsync("/simulator/status", new { messageSid = sent.GetProperty("sid").GetString(), status = "read" });

        Assert.Equal("read", report.GetProperty("status").GetString());
        Assert.Contains(app.Got, got => got.Form["MessageStatus"] == "read");
    }

    [Fact]
    public async Task Faults_can_be_added_seen_and_cleared()
    {
        await PostAsync("/simulator/faults", new { operation = "messages.create", kind = "status", status = 503, retryAfterSeconds = 2, times = 2 });
        Assert.Equal(503, (await twilio.ReplyAsync("hi")).Status);

        var faults = await control.GetFromJsonAsync<JsonElement>("/simulator/faults", TestContext.Current.CancellationToken);
        Assert.Equal(1, faults[0].GetProperty("hits").GetInt32());
        using var cleared = await control.DeleteAsync("/simulator/faults", TestContext.Current.CancellationToken);
        Assert.Equal(201, (await twilio.ReplyAsync("hi")).Status);
    }

    [Fact]
    public async Task A_wrong_order_is_refused_with_its_reason()
    {
        using var refused = await control.PostAsJsonAsync("/simulator/faults", new { operation = "chat" }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("kind", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_can_be_forgotten()
    {
        await twilio.ReplyAsync("hi");

        using var reset = await control.DeleteAsync("/simulator", TestContext.Current.CancellationToken);
        var state = await control.GetFromJsonAsync<JsonElement>("/simulator", TestContext.Current.CancellationToken);

        Assert.Equal((0, twilio.Simulator.CdnBaseUrl), (state.GetProperty("sent").GetInt32(), state.GetProperty("cdnBaseUrl").GetString()));
    }

    [Fact]
    public async Task The_model_can_be_scripted_and_its_bill_be_read()
    {
        using var http = new HttpClient { BaseAddress = new Uri(openAI.BaseUrl) };
        using var scripted = await http.PostAsJsonAsync("/simulator/responses", new { contains = "word", content = "sesame" }, TestContext.Current.CancellationToken);
        var answer = await KeylessModel.ChatOf(openAI).CompleteChatAsync([new UserChatMessage("the word")]);

        var state = await http.GetFromJsonAsync<JsonElement>("/simulator", TestContext.Current.CancellationToken);
        var requests = await http.GetFromJsonAsync<JsonElement>("/simulator/requests", TestContext.Current.CancellationToken);

        Assert.Equal("sesame", answer.Value.Content[0].Text);
        Assert.Equal((1, 1), (state.GetProperty("billed").GetProperty("chatCalls").GetInt32(), requests.GetArrayLength()));
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await control.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return answer.StatusCode == HttpStatusCode.NoContent ? default : await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private Task<HttpResponseMessage> PutAsync(string path, object body) => control.PutAsJsonAsync(path, body, TestContext.Current.CancellationToken);
}
