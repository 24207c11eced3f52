using System.Net;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_media_is_fetched : IAsyncLifetime
{
    private static readonly byte[] Voice = [.. "OggS"u8, .. new byte[2000]];
    private TwilioAccount twilio = null!;
    private string media = "";

    public async ValueTask InitializeAsync()
    {
        twilio = await TwilioAccount.OpenAsync(new TwilioSimulatorOptions { WebhookUrl = "http://127.0.0.1:9/hook" });
        media = twilio.Simulator.BuildInbound(new InboundMessage { From = TwilioAccount.Anns, Media = [new("audio/ogg", Voice)] }).Form["MediaUrl0"];
    }

    public ValueTask DisposeAsync() => twilio.DisposeAsync();

    [Fact]
    public async Task Twilio_redirects_to_a_signed_address_of_another_origin()
    {
        using var answer = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.StartsWith(twilio.Simulator.CdnBaseUrl, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotEqual(twilio.Simulator.BaseUrl, twilio.Simulator.CdnBaseUrl);

        using var anonymous = new HttpClient();
        using var content = await anonymous.GetAsync(answer.Headers.Location, TestContext.Current.CancellationToken);
        Assert.Equal("audio/ogg", content.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Voice, await content.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Empty(twilio.Simulator.LeakedCredentials);
    }

    [Fact]
    public async Task Credentials_that_are_sent_on_are_caught()
    {
        using var redirect = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);
        using var answer = await twilio.Http.GetAsync(redirect.Headers.Location, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Basic", Assert.Single(twilio.Simulator.LeakedCredentials).Credential);
    }

    [Fact]
    public async Task A_forged_address_is_forbidden()
    {
        using var redirect = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);
        using var anonymous = new HttpClient();
        using var answer = await anonymous.GetAsync(redirect.Headers.Location!.OriginalString[..^1] + "x", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Without_credentials_there_is_no_redirect()
    {
        using var anonymous = new HttpClient();
        using var answer = await anonymous.GetAsync(media, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Deleted_media_is_gone_everywhere()
    {
        using var redirect = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);
        using var deleted = await twilio.Http.DeleteAsync(media, TestContext.Current.CancellationToken);
        using var again = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);
        using var anonymous = new HttpClient();
        using var content = await anonymous.GetAsync(redirect.Headers.Location, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (deleted.StatusCode, again.StatusCode, content.StatusCode));
        Assert.True(Assert.Single(twilio.Simulator.Received).Media[0].Deleted);
    }

    [Fact]
    public async Task A_message_lists_its_media()
    {
        var list = (await twilio.GetAsync($"{media[..media.LastIndexOf('/')]}.json")).GetProperty("media_list");

        Assert.EndsWith(list[0].GetProperty("sid").GetString()!, media, StringComparison.Ordinal);
        Assert.Equal("audio/ogg", list[0].GetProperty("content_type").GetString());
    }

    [Fact]
    public async Task The_redirect_can_lead_astray_and_the_bytes_can_break_off()
    {
        using var redirect = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);
        twilio.Simulator.Faults.Add(Fault.Cut("cdn", CutPoint.HalfBody).Once());
        using var anonymous = new HttpClient();
        await Assert.ThrowsAnyAsync<Exception>(() => anonymous.GetByteArrayAsync(redirect.Headers.Location, TestContext.Current.CancellationToken));

        twilio.Simulator.MediaRedirectOverride = "http://169.254.169.254/metadata";
        using var astray = await twilio.Http.GetAsync(media, TestContext.Current.CancellationToken);
        Assert.Equal("http://169.254.169.254/metadata", astray.Headers.Location?.OriginalString);
    }
}
