using System.Net;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_an_http_function_fails(ProbeHttp probe, TestEnvironment environment) : IClassFixture<ProbeHttp>
{
    private ProbeHost Host => probe.Host;

    [Fact]
    public async Task The_answer_is_500_and_empty_the_exception_logged_and_the_next_request_served()
    {
        Assert.Equal((HttpStatusCode.InternalServerError, ""), await Host.ReadAsync("/throws"));
        Assert.Equal(HttpStatusCode.OK, (await Host.ReadAsync("/tasks")).Status);
        await Host.WaitForLineAsync("Executed 'Functions.Throws' (Failed, Id=");
        await Host.WaitForLineAsync("The probe was told to fail.");
    }

    [Fact]
    public async Task A_body_over_thirty_million_bytes_is_500_too()
    {
        // The response comes before the end of the body. Expect: 100-continue keeps the client from sending it.
        using var taken = await PostAsync(30_000_000);
        using var refused = await PostAsync(30_000_001);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);

        async Task<HttpResponseMessage> PostAsync(int bytes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/body") { Content = new ByteArrayContent(new byte[bytes]), Headers = { ExpectContinue = true } };
            return await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_token()
    {
        await using var host = await ProbeHost.StartAsync(environment, []);
        using var leaving = new CancellationTokenSource();
        var call = host.Client.GetAsync("/wait", leaving.Token);
        await host.WaitForCallAsync("begin wait");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await host.WaitForCallAsync("cancelled wait");
    }
}
