using System.Diagnostics;
using System.Net.Http.Json;
using Azure.Storage.Blobs;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Media;

public sealed class When_fetching_media_goes_wrong(MediaApp app) : AppTest<MediaApp>(app)
{
    private static readonly byte[] Voice = Samples.Opus(4);

    public static TheoryData<string, Fault> Passing => new()
    {
        { "media_cut", Fault.Cut("cdn", CutPoint.HalfBody) },
        { "media_cut", Fault.Length("cdn", 1_000_000) },
        { "media_stalled", Fault.Drip("cdn", TimeSpan.FromSeconds(3)) },
        { "twilio_http_404", Fault.Status("media", 404) },
        { "twilio_http_401", Fault.Status("media", 401) },
    };

    public override ValueTask InitializeAsync()
    {
        App.Twilio.Faults.Clear();
        App.Twilio.MediaRedirectOverride = null;
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_passes_costs_a_try_and_nothing_else(string code, Fault fault)
    {
        var sid = await SendAsync(fault.Once());

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal([$"download failed {code}", "download succeeded"], (await App.AttemptsAsync(sid)).Take(2));
        Assert.Single(await App.FilesAsync(sid));
    }

    [Fact]
    public async Task A_service_that_asks_for_a_pause_gets_it_within_the_same_try()
    {
        var clock = Stopwatch.StartNew();
        var sid = await SendAsync(Fault.Status("media", 429, TimeSpan.FromSeconds(2)).Once());

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal("download succeeded", (await App.AttemptsAsync(sid))[0]);
        Assert.InRange(clock.Elapsed.TotalSeconds, 2, 20);
        Assert.Equal(2, App.CountRequests("media", sid));
    }

    [Fact]
    public async Task Who_is_asked_to_wait_long_waits_without_losing_a_try()
    {
        var sid = await SendAsync(Fault.Status("media", 429, TimeSpan.FromMinutes(3)));

        Assert.Equal(0, (await App.WaitForJobAsync(sid, "deferred")).RetryCount);
        Assert.Equal(1, App.CountRequests("media", sid));
    }

    [Fact]
    public async Task Recordings_that_always_break_off_come_to_their_end_and_hold_up_no_others()
    {
        App.Twilio.Faults.Add(Fault.Cut("cdn", CutPoint.HalfBody));
        var sids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => App.SendAsync("audio/ogg", Voice)));

        foreach (var sid in sids)
            Assert.Equal(5, (await App.WaitForJobAsync(sid, "failed")).RetryCount);
        Assert.Equal("closed", await App.Database.ScalarAsync<string>("select state from breakers where dependency = 'media'"));
    }

    [Fact]
    public async Task What_stays_away_is_unavailable_after_the_third_try()
    {
        var sid = await SendAsync(Fault.Status("media", 404));

        Assert.Equal("media_unavailable", await App.WaitForDownloadAsync(sid));
        Assert.Equal(3, App.CountRequests("media", sid));
        Assert.Equal(0, App.CountRequests("media.delete", sid));
    }

    [Theory]
    [InlineData("http://169.254.169.254/metadata")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://127.0.0.1:9/")]
    public async Task A_redirect_to_elsewhere_is_refused_and_can_be_repaired(string elsewhere)
    {
        App.Twilio.MediaRedirectOverride = elsewhere;
        var sid = await App.SendAsync("audio/ogg", Voice);
        Assert.Equal("media_forbidden", await App.WaitForDownloadAsync(sid));
        Assert.Equal(0, App.CountRequests("media.delete", sid));

        App.Twilio.MediaRedirectOverride = null;
        // While it is still being told of that, a replay is refused.
        await App.WaitForJobAsync(sid);
        await ReplayAsync(sid);

        await App.WaitForAsync(() => App.FilesAsync(sid), files => files is [{ } file] && file["reason"] is null, "the recording");
    }

    [Fact]
    public async Task A_redirect_back_to_the_API_gets_no_credentials_and_a_loop_ends()
    {
        App.Twilio.MediaRedirectOverride = $"{App.Twilio.BaseUrl}/2010-04-01/Accounts/x/Messages/y/Media/z";
        var sid = await App.SendAsync("audio/ogg", Voice);

        Assert.Equal("media_unavailable", await App.WaitForDownloadAsync(sid));
        Assert.Null(App.Twilio.Requests.Last(request => request.Path.EndsWith("/Media/z", StringComparison.Ordinal)).Credential);
    }

    [Fact]
    public async Task An_address_that_is_not_Twilios_is_never_asked()
    {
        var form = App.Form("", null, ("NumMedia", "1"), ("MediaUrl0", $"{App.Twilio.CdnBaseUrl}/MM0/ME0"), ("MediaContentType0", "audio/ogg"));

        var answer = await App.PostAsync(form);

        Assert.Equal((400, "bad_media"), (answer.Status, answer.Json.GetProperty("code").GetString()));
        Assert.DoesNotContain(App.Twilio.Requests, request => request.Path == "/MM0/ME0");
    }

    [Fact]
    public async Task Media_without_end_takes_no_memory()
    {
        using var endless = App.Twilio.Faults.Add(Fault.Endless("cdn"));
        var before = Memory(process => process.WorkingSet64);

        var sids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => App.SendAsync("audio/ogg", Voice)));

        foreach (var sid in sids)
            Assert.Equal("media_too_large", await App.WaitForDownloadAsync(sid));
        Assert.InRange(Memory(process => process.PeakWorkingSet64) - before, 0, 100_000_000);
    }

    [Fact]
    public async Task A_copy_that_Twilio_does_not_delete_stops_nothing()
    {
        var sid = await SendAsync(Fault.Status("media.delete", 500));

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Null(Assert.Single(await App.FilesAsync(sid))["provider_deleted_at"]);
        Assert.Equal("download succeeded", (await App.AttemptsAsync(sid))[0]);
    }

    [Fact]
    public async Task What_is_kept_is_not_fetched_again()
    {
        // The first part comes, the second does not; the next try needs the second only, and a replay neither.
        var webhook = App.Twilio.BuildInbound(MediaApp.Message("", new InboundMedia("audio/ogg", Voice), new InboundMedia("audio/ogg", Voice)));
        var second = webhook.Form["MediaUrl1"][^34..];
        App.Twilio.Faults.Add(Fault.Cut("cdn").OnlyFor(second).Once());
        await App.Twilio.RedeliverAsync(webhook.MessageSid, Cancellation);
        Assert.Null(await App.WaitForDownloadAsync(webhook.MessageSid));
        Assert.Equal(3, App.CountRequests("cdn", webhook.MessageSid));

        await ReplayAsync(webhook.MessageSid);

        await App.WaitForAsync(
            () => App.AttemptsAsync(webhook.MessageSid), attempts => attempts.Count(attempt => attempt == "download succeeded") == 2, "the replay");
        Assert.Equal(3, App.CountRequests("cdn", webhook.MessageSid));
    }

    [Fact]
    public async Task Killed_between_the_blob_and_its_row_the_recording_is_there_once()
    {
        using var stall = App.Twilio.Faults.Add(Fault.Stall("cdn").Once());
        var sid = await App.SendAsync("audio/ogg", Voice);
        await stall.WaitForHitsAsync(1, FamilyPaApp.Patience);
        // The job is claimed: what waits for this lock is the row.
        await using (var connection = await App.Database.OpenAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = "lock table media_files in access exclusive mode";
            await command.ExecuteNonQueryAsync(Cancellation);
            stall.Release();
            var blob = new BlobClient(App.Storage.ConnectionString, "media", $"{sid}/0");
            await App.WaitForAsync(async () => (await blob.ExistsAsync(Cancellation)).Value, exists => exists, "the blob");
            await App.KillAsync();
        }

        await App.RestartAsync();

        Assert.Null(await App.WaitForDownloadAsync(sid));
        Assert.Equal(["download abandoned", "download succeeded"], (await App.AttemptsAsync(sid)).Take(2));
        Assert.Single(await App.FilesAsync(sid));
    }

    private Task<string> SendAsync(Fault fault)
    {
        App.Twilio.Faults.Add(fault);
        return App.SendAsync("audio/ogg", Voice);
    }

    private Task<string> ReplayAsync(string sid) => App.WaitForAsync(
        async () =>
        {
            using var answer = await App.Operator.PostAsJsonAsync("/api/admin/replay-webhook", new { message_sid = sid, from_phase = "download" }, Cancellation);
            return await answer.Content.ReadAsStringAsync(Cancellation);
        },
        // Refused as long as a phase is at work.
        outcome => outcome.Contains("\"replayed\"", StringComparison.Ordinal),
        "the replay");

    private long Memory(Func<Process, long> read)
    {
        using var process = Process.GetProcessById(App.ProcessId);
        return read(process);
    }
}
