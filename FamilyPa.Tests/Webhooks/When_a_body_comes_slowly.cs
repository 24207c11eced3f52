using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

public sealed class When_a_body_comes_slowly(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData("webhook", "application/x-www-form-urlencoded", 0)]
    [InlineData("webhook", "application/x-www-form-urlencoded", 1)]
    [InlineData("webhook", "application/x-www-form-urlencoded", 40)]
    [InlineData("/api/webhooks/twilio?secret=wrong", "application/x-www-form-urlencoded", 0)]
    [InlineData("/api/session/code", "application/json", 0)]
    [InlineData("/api/session", "application/json", 1)]
    [InlineData("/api/client-errors", "application/json", 40)]
    public async Task It_gets_a_clear_answer(string path, string contentType, int drip)
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host ends a slow body itself, with 500.");
        if (path == "webhook")
            path = new Uri(App.Twilio.WebhookUrl!).PathAndQuery;
        var clock = Stopwatch.StartNew();

        var answer = await AnswerAsync(path, contentType, async stream =>
        {
            while (drip > 0)
            {
                await stream.WriteAsync(new byte[drip], Cancellation);
                await Task.Delay(100, Cancellation);
            }
        });

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(25), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public async Task The_app_still_answers_others()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host ends a slow body itself, with 500.");
        var slow = Enumerable.Range(0, 100).Select(_ => AnswerAsync("/api/session", "application/json", _ => Task.CompletedTask)).ToList();
        var sid = await App.TextAsync("buy milk");

        Assert.Equal("done", (await App.WaitForJobAsync(sid)).Status);
        Assert.All(await Task.WhenAll(slow), answer => Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal));
    }

    /// <param name="send">Writes the body, of which more is announced.</param>
    /// <returns>The response's first line.</returns>
    private async Task<string> AnswerAsync(string pathAndQuery, string contentType, Func<NetworkStream, Task> send)
    {
        var url = new Uri(App.BaseUrl);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {pathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nX-Requested-With: familypa\r\nContent-Type: {contentType}\r\nContent-Length: 60000\r\n\r\n"),
            Cancellation);
        using var reader = new StreamReader(stream);
        var answer = reader.ReadLineAsync(Cancellation).AsTask();
        try
        {
            await Task.WhenAny(send(stream), answer);
        }
        catch (IOException)
        {
            // The app has hung up.
        }

        return await answer ?? "";
    }
}
