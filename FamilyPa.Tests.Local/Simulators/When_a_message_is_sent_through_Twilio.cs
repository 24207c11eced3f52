using System.Text.Json;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using Twilio.Security;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_a_message_is_sent_through_Twilio : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private TwilioAccount twilio = null!;

    public async ValueTask InitializeAsync() => twilio = await TwilioAccount.OpenAsync();

    public ValueTask DisposeAsync() => twilio.DisposeAsync();

    [Fact]
    public async Task It_is_answered_with_the_whole_resource()
    {
        var (status, message) = await twilio.ReplyAsync("Done: milk 🥛");

        Assert.Equal(201, status);
        Assert.Matches("^SM[0-9a-f]{32}$", message.GetProperty("sid").GetString());
        Assert.Equal(
            ("queued", "outbound-api", TwilioAccount.Anns, TwilioAccount.Ours, "Done: milk 🥛", "0", "1"),
            (Text("status"), Text("direction"), Text("to"), Text("from"), Text("body"), Text("num_media"), Text("num_segments")));
        Assert.Equal(JsonValueKind.Null, message.GetProperty("error_code").ValueKind);
        Assert.Equal(JsonValueKind.Null, message.GetProperty("date_sent").ValueKind);
        Assert.EndsWith("/Media.json", message.GetProperty("subresource_uris").GetProperty("media").GetString(), StringComparison.Ordinal);
        Assert.Equal("Done: milk 🥛", Assert.Single(twilio.Simulator.Sent).Body);
        Assert.Equal(Text("sid"), (await twilio.GetAsync(Text("uri")!)).GetProperty("sid").GetString());

        string? Text(string name) => message.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Wrong_credentials_are_error_20003()
    {
        twilio.Http.DefaultRequestHeaders.Authorization = TwilioAccount.Credentials(twilio.Options.AccountSid, "wrong");

        var (status, error) = await twilio.ReplyAsync("hi");

        Assert.Equal((401, 20003, 401), (status, error.GetProperty("code").GetInt32(), error.GetProperty("status").GetInt32()));
        Assert.EndsWith("/20003", error.GetProperty("more_info").GetString(), StringComparison.Ordinal);
        Assert.Empty(twilio.Simulator.Sent);
    }

    [Theory]
    [InlineData("", TwilioAccount.Ours, "hi", 21604)]
    [InlineData("whatsapp:0123", TwilioAccount.Ours, "hi", 21211)]
    [InlineData(TwilioAccount.Anns, "", "hi", 21603)]
    [InlineData(TwilioAccount.Anns, "nobody", "hi", 21212)]
    [InlineData(TwilioAccount.Anns, "+14155238886", "hi", 21910)]
    [InlineData(TwilioAccount.Anns, TwilioAccount.Ours, "", 21602)]
    public async Task What_Twilio_would_refuse_is_refused(string to, string from, string body, int code)
    {
        var (status, error) = await twilio.SendAsync(("To", to), ("From", from), ("Body", body));

        Assert.Equal((400, code), (status, error.GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task Sixteen_hundred_characters_are_the_most()
    {
        Assert.Equal(201, (await twilio.ReplyAsync(new string('x', 1600))).Status);
        Assert.Equal(21617, (await twilio.ReplyAsync(new string('x', 1601))).Json.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Its_statuses_are_called_back_in_order_and_signed()
    {
        await using var app = await WebhookReceiver.StartAsync();

        var (_, message) = await twilio.ReplyAsync("hi", ("StatusCallback", app.Url));
        await twilio.Simulator.WaitForCallbackAsync(callback => callback.Status == "delivered", Patience);

        Assert.Equal(["queued", "sent", "delivered"], app.Got.Select(call => call.Form["MessageStatus"]));
        Assert.All(app.Got, call =>
        {
            Assert.Equal(message.GetProperty("sid").GetString(), call.Form["MessageSid"]);
            Assert.True(new RequestValidator(twilio.Options.AuthToken).Validate(call.Url, call.Form.ToDictionary(), call.Signature));
        });
        Assert.Equal("delivered", Assert.Single(twilio.Simulator.Sent).Status);
    }

    [Theory]
    [InlineData(CutPoint.BeforeEffect, 0)]
    [InlineData(CutPoint.AfterEffect, 1)]
    public async Task A_cut_leaves_the_caller_uncertain(CutPoint at, int sent)
    {
        twilio.Simulator.Faults.Add(Fault.Cut("messages.create", at).Once());

        await Assert.ThrowsAsync<HttpRequestException>(() => twilio.ReplyAsync("hi"));

        Assert.Equal(sent, twilio.Simulator.Sent.Count);
    }

    [Fact]
    public async Task A_busy_Twilio_says_when_to_come_back()
    {
        twilio.Simulator.Faults.Add(Fault.Status("messages.create", 429, TimeSpan.FromSeconds(7)).Once());
        using var form = new FormUrlEncodedContent([]);

        using var answer = await twilio.Http.PostAsync(twilio.Messages, form, TestContext.Current.CancellationToken);

        Assert.Equal((429, 7), ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta?.TotalSeconds));
    }
}
