using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_Twilio_lists_messages : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private TwilioAccount twilio = null!;

    public async ValueTask InitializeAsync()
    {
        twilio = await TwilioAccount.OpenAsync();
        for (var i = 0; i < 5; i++)
            twilio.Simulator.RememberInbound(new InboundMessage { From = TwilioAccount.Anns, Body = $"message {i}", At = Noon.AddDays(-i) });
        twilio.Simulator.RememberInbound(new InboundMessage { From = "+447700900999", To = "+14155238886", Body = "an SMS", At = Noon });
    }

    public ValueTask DisposeAsync() => twilio.DisposeAsync();

    [Fact]
    public async Task Pages_follow_each_other_newest_first_whatever_arrives_meanwhile()
    {
        var bodies = new List<string?>();
        string? next = $"{twilio.Messages}?To={Uri.EscapeDataString(TwilioAccount.Ours)}&PageSize=2";
        while (next is not null)
        {
            var page = await twilio.GetAsync(next);
            bodies.AddRange(page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("body").GetString()));
            next = page.GetProperty("next_page_uri").GetString();
            twilio.Simulator.RememberInbound(new InboundMessage { From = TwilioAccount.Anns, Body = "new", At = Noon.AddDays(1) });
        }

        Assert.Equal(["message 0", "message 1", "message 2", "message 3", "message 4"], bodies);
    }

    [Theory]
    [InlineData("DateSent%3E=2026-11-21", 3)]
    [InlineData("DateSent%3E=2026-11-21T12:00:01Z", 2)]
    [InlineData("DateSent%3C=2026-11-19", 2)]
    [InlineData("DateSent=2026-11-22", 2)]
    [InlineData("From=%2B447700900999", 1)]
    [InlineData("To=%2B19999999999", 0)]
    public async Task Filters_narrow_them(string query, int count) =>
        Assert.Equal(count, (await twilio.GetAsync($"{twilio.Messages}?{query}")).GetProperty("messages").GetArrayLength());

    [Fact]
    public async Task Both_directions_are_there()
    {
        await twilio.ReplyAsync("a reply");

        var page = await twilio.GetAsync(twilio.Messages);

        Assert.Equal(
            ["outbound-api", .. Enumerable.Repeat("inbound", 6)],
            page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("direction").GetString()));
        Assert.Equal("Sun, 22 Nov 2026 12:00:00 +0000", page.GetProperty("messages")[1].GetProperty("date_sent").GetString());
    }
}
