using System.Diagnostics;
using System.Globalization;
using FamilyPa.Core.Twilio;
using Polly.Timeout;

namespace FamilyPa.Tests.Media;

public sealed class When_media_comes_from_a_hostile_server(Fetching fetching) : IClassFixture<Fetching>
{
    private static readonly byte[] Voice = Samples.Opus(2);

    [Fact]
    public async Task A_recording_is_kept_as_it_came()
    {
        await using var api = new HostileServer().On(Fetching.Media, Voice);

        var (found, kept) = await fetching.FetchAsync(api);

        Assert.Equal((null, "audio/ogg"), (found.File.Reason, found.File.ContentType));
        Assert.Equal(2, found.File.Seconds!.Value, 0.01);
        Assert.Equal(Voice, kept);
        Assert.Equal((Fetching.Media, true), Assert.Single(api.Requests));
    }

    [Fact]
    public async Task A_large_one_is_kept_whole_as_well()
    {
        var large = Samples.Wav(300);
        await using var api = new HostileServer().On(Fetching.Media, large);

        var (found, kept) = await fetching.FetchAsync(api, ("Pipeline:MediaTimeout", "00:00:20"));

        Assert.Equal(large.Length, found.Size);
        Assert.Equal(large, kept);
    }

    [Theory]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    public async Task Redirects_are_followed_without_credentials_also_on_the_same_host(string status)
    {
        await using var cdn = new HostileServer().On("/signed?x=1", Voice);
        await using var api = new HostileServer().Redirect(Fetching.Media, "/nearby", status);
        api.Redirect("/nearby", $"{cdn.Url}/signed?x=1", status);

        var (found, _) = await fetching.FetchAsync(api, ("TWILIO_MEDIA_HOSTS", cdn.Host));

        Assert.Null(found.File.Reason);
        Assert.Equal([(Fetching.Media, true), ("/nearby", false)], api.Requests);
        Assert.Equal([("/signed?x=1", false)], cdn.Requests);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    [InlineData("//169.254.169.254/")]
    [InlineData("https://mms.twiliocdn.com@169.254.169.254/")]
    [InlineData("http://mms.twiliocdn.com/plain")]
    public async Task A_redirect_to_elsewhere_is_not_followed(string location)
    {
        await using var api = new HostileServer().Redirect(Fetching.Media, location);

        Assert.Equal("media_forbidden", (await fetching.FetchAsync(api)).Found.File.Reason);
    }

    [Fact]
    public async Task Another_port_of_the_same_machine_is_elsewhere()
    {
        await using var other = new HostileServer().On(Fetching.Media, Voice);
        await using var api = new HostileServer().Redirect(Fetching.Media, other.Url + Fetching.Media);

        Assert.Equal("media_forbidden", (await fetching.FetchAsync(api)).Found.File.Reason);
        Assert.Equal("media_forbidden", (await fetching.FetchAsync(other.Url + Fetching.Media, api)).Found.File.Reason);
        Assert.Equal("media_forbidden", (await fetching.FetchAsync($"http://{api.Host}@{other.Host}{Fetching.Media}", api)).Found.File.Reason);
        Assert.Empty(other.Requests);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task A_loop_of_redirects_ends()
    {
        await using var api = new HostileServer().Redirect(Fetching.Media, Fetching.Media);

        Assert.Equal("media_unavailable", (await fetching.FetchAsync(api)).Found.File.Reason);
        Assert.Equal(6, api.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_to_nowhere_ends()
    {
        await using var api = new HostileServer().On(Fetching.Media, [], "302 Found");

        Assert.Equal("media_unavailable", (await fetching.FetchAsync(api)).Found.File.Reason);
    }

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("410 Gone")]
    [InlineData("403 Forbidden")]
    public async Task What_Twilio_does_not_have_is_unavailable(string status)
    {
        await using var api = new HostileServer().On(Fetching.Media, [], status);

        Assert.Equal("media_unavailable", (await fetching.FetchAsync(api)).Found.File.Reason);
    }

    [Theory]
    [InlineData("401 Unauthorized", "twilio_http_401")]
    [InlineData("429 Too Many Requests", "twilio_http_429")]
    [InlineData("503 Service Unavailable", "twilio_http_503")]
    public async Task What_may_pass_is_tried_again(string status, string code)
    {
        await using var api = new HostileServer().On(Fetching.Media, [], status);

        Assert.Equal(code, (await Assert.ThrowsAsync<MediaFetchException>(() => fetching.FetchAsync(api))).Code);
    }

    [Fact]
    public async Task A_pause_that_is_asked_for_is_kept_unless_it_is_too_long()
    {
        await using var patient = new HostileServer();
        patient.On(Fetching.Media, stream => patient.Requests.Count == 1
            ? HostileServer.HeadAsync(stream, "429 Too Many Requests", "Retry-After: 1", "Content-Length: 0")
            : HostileServer.HeadAsync(stream, "410 Gone", "Content-Length: 0"));
        await using var endless = new HostileServer().On(Fetching.Media, [], "503 Service Unavailable", "Retry-After: 3600");

        var clock = Stopwatch.StartNew();
        await fetching.FetchAsync(patient, ("Pipeline:MediaRetries", "2"));
        Assert.Equal(2, patient.Requests.Count);
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 10);

        await Assert.ThrowsAsync<MediaFetchException>(() => fetching.FetchAsync(endless, ("Pipeline:MediaRetries", "2")));
        Assert.Single(endless.Requests);
    }

    [Fact]
    public async Task More_than_is_allowed_is_not_even_begun_where_it_is_admitted()
    {
        await using var api = new HostileServer().On(Fetching.Media, stream => HostileServer.HeadAsync(stream, "200 OK", "Content-Length: 26000000"));

        Assert.Equal("media_too_large", (await fetching.FetchAsync(api)).Found.File.Reason);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Content-Type: audio/ogg")]
    public async Task What_never_ends_is_read_up_to_the_limit_and_not_kept(string header)
    {
        var isChunked = header.StartsWith("Transfer", StringComparison.Ordinal);
        var sent = 0L;
        await using var api = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK", header);
            var voice = Samples.Opus(60);
            while (true)
            {
                var more = voice;
                // Before it is sent: the other side may have it, and end, before this one comes to count it.
                Interlocked.Add(ref sent, more.Length);
                await stream.WriteAsync(isChunked ? [.. Chunk(more.Length), .. more, .. "\r\n"u8] : more);
            }
        });

        var (found, _) = await fetching.FetchAsync(api, ("Limits:MaxMediaMegabytes", "2"), ("Pipeline:MediaTimeout", "00:00:20"));

        Assert.Equal("media_too_large", found.File.Reason);
        Assert.InRange(Interlocked.Read(ref sent), 2_000_000, 20_000_000);
    }

    [Fact]
    public async Task An_image_without_end_is_not_read_on()
    {
        await using var api = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK");
            await stream.WriteAsync((byte[])[.. "GIF89a"u8, .. new byte[10_000]]);
            await HostileServer.StallAsync(stream);
        });

        var (found, _) = await fetching.FetchAsync(api, ("Pipeline:MediaIdleTimeout", "00:00:15"), ("Pipeline:MediaTimeout", "00:00:15"));

        Assert.Equal(("unsupported_image", "image/gif"), (found.File.Reason, found.File.ContentType));
    }

    [Fact]
    public async Task A_body_longer_than_it_says_ends_where_it_says()
    {
        var voice = Samples.Opus(10);
        await using var api = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK", $"Content-Length: {voice.Length / 2}");
            await stream.WriteAsync(voice);
        });

        var (found, kept) = await fetching.FetchAsync(api);

        Assert.Equal(voice[..(voice.Length / 2)], kept);
        Assert.InRange(found.File.Seconds!.Value, 3, 5.5);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_tried_again()
    {
        await using var short_ = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK", "Content-Length: 100000");
            await stream.WriteAsync(Voice);
        });
        await using var torn = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK", "Transfer-Encoding: chunked");
            await stream.WriteAsync((byte[])[.. Chunk(Voice.Length), .. Voice[..100]]);
        });

        Assert.Equal("media_cut", (await Assert.ThrowsAsync<MediaFetchException>(() => fetching.FetchAsync(short_))).Code);
        Assert.Equal("media_cut", (await Assert.ThrowsAsync<MediaFetchException>(() => fetching.FetchAsync(torn))).Code);
    }

    [Fact]
    public async Task A_body_that_stalls_or_drips_is_tried_again()
    {
        await using var stalls = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK", "Content-Length: 100000");
            await stream.WriteAsync(Voice);
            await HostileServer.StallAsync(stream);
        });
        await using var drips = new HostileServer().On(Fetching.Media, async stream =>
        {
            await HostileServer.HeadAsync(stream, "200 OK", "Content-Length: 100000");
            for (var at = 0; at < 1000; at++)
            {
                await stream.WriteAsync(Voice.AsMemory(at, 1));
                // The pace of the drip. The loop ends when the caller hangs up.
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        });

        Assert.Equal("media_stalled", (await Assert.ThrowsAsync<MediaFetchException>(() => fetching.FetchAsync(stalls))).Code);
        Assert.Equal("media_stalled", (await Assert.ThrowsAsync<MediaFetchException>(() => fetching.FetchAsync(drips))).Code);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_tried_again()
    {
        await using var api = new HostileServer().On(Fetching.Media, HostileServer.StallAsync);

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => fetching.FetchAsync(api, ("Pipeline:TwilioTimeout", "00:00:00.300")));
    }

    [Fact]
    public async Task What_claims_to_be_packed_is_not_unpacked()
    {
        await using var api = new HostileServer().On(Fetching.Media, Voice, "200 OK", "Content-Encoding: gzip");

        Assert.Equal(Voice, (await fetching.FetchAsync(api)).Kept);
    }

    private static byte[] Chunk(int length) => System.Text.Encoding.ASCII.GetBytes(length.ToString("X", CultureInfo.InvariantCulture) + "\r\n");
}
